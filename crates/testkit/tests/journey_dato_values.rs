//! Values of items through the DatoCMS API: every type, locales, what schema changes do to what is there, and what other
//! APIs made.

mod support;

use serde_json::{Value, json};
use support::dato::{Site, data, ids, new_field, with};
use support::routes;
use testkit::server::Server;

fn invalid(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), format!("VALIDATION_{code}"))]
}

#[test]
fn every_type_of_value_is_written_read_and_written_back() {
    let server = Server::start();
    let site = Site::new(&server);
    let post = site.item_type("post", json!({}));
    let target = site.item(&post, json!({}));
    let lead = json!({"item_types": [post]});
    let types: &[(&str, &str, Value, Value)] = &[
        ("a_string", "string", json!({}), json!("x \"quoted\"")),
        ("a_text", "text", json!({}), json!("one\ntwo")),
        ("a_slug", "slug", json!({}), json!("one-two")),
        ("a_boolean", "boolean", json!({}), json!(true)),
        ("an_integer", "integer", json!({}), json!(-7)),
        ("a_float", "float", json!({}), json!(12.5)),
        ("a_date", "date", json!({}), json!("2017-10-25")),
        ("a_moment", "date_time", json!({}), json!("2016-09-03T18:30:00+01:00")),
        ("a_place", "lat_lon", json!({}), json!({"latitude": 45.07, "longitude": 7.68})),
        ("a_seo", "seo", json!({}), json!({"title": "T", "description": "D", "image": null})),
        ("a_color", "color", json!({}), json!({"red": 1, "green": 2, "blue": 3, "alpha": 4})),
        ("a_json", "json", json!({}), json!({"any": [1, null, {"thing": true}]})),
        (
            "a_video",
            "video",
            json!({}),
            json!({"url": "https://v.example/1", "thumbnail_url": "https://v.example/1.jpg", "title": "V", "width": 640,
                   "height": 480, "provider": "youtube", "provider_url": "https://v.example", "provider_uid": "1"}),
        ),
        ("a_link", "link", json!({"item_item_type": lead}), json!(target)),
        ("links", "links", json!({"items_item_type": lead}), json!([target])),
        ("blocks", "rich_text", json!({"rich_text_blocks": lead}), json!([target])),
    ];
    for (key, field_type, validators, _) in types {
        let field = site.field(&post, key, field_type, json!({"validators": validators, "label": field_type}));
        let shown = site.get(&format!("/fields/{field}"))["data"]["attributes"].clone();
        assert_eq!((&shown["field_type"], &shown["validators"]), (&json!(field_type), validators));
    }
    let wanted: serde_json::Map<String, Value> =
        types.iter().map(|(key, _, _, value)| ((*key).to_owned(), value.clone())).collect();
    let item = site.item(&post, Value::Object(wanted.clone()));
    let shown = site.attributes(&item);
    for (key, value) in &wanted {
        assert_eq!(&shown[key], value, "{key}");
    }
    // What was read is sent back, as clients do.
    site.put(&format!("/items/{item}"), "item", shown.clone());
    let again = site.attributes(&item);
    for (key, value) in &wanted {
        assert_eq!(&again[key], value, "{key} is as it was");
    }
    let cleared: serde_json::Map<String, Value> = wanted.keys().map(|key| (key.clone(), Value::Null)).collect();
    site.put(&format!("/items/{item}"), "item", Value::Object(cleared));
    let empty = site.attributes(&item);
    for key in wanted.keys() {
        let nothing = if ["links", "blocks"].contains(&key.as_str()) { json!([]) } else { Value::Null };
        assert_eq!(empty[key], nothing, "{key}");
    }
    let wrong = [
        ("a_string", json!(5)),
        ("a_boolean", json!("true")),
        ("an_integer", json!(1.5)),
        ("a_float", json!("1")),
        ("a_date", json!("25.10.2017")),
        ("a_moment", json!("soon")),
        ("a_place", json!({"latitude": 100, "longitude": 0})),
        ("a_place", json!("here")),
        ("a_seo", json!({"title": 3})),
        ("a_color", json!({"red": 256, "green": 0, "blue": 0})),
        ("a_video", json!({"title": "no address"})),
        ("a_link", json!("x")),
        ("a_link", json!("4294967999")),
        ("links", json!("x")),
        ("links", json!([target, target])),
        ("blocks", json!({})),
    ];
    for (key, value) in wrong {
        let faults = site.refused(&item, json!({ key: value }));
        assert_eq!(faults.len(), 1, "{key}: {value}");
        assert_eq!(faults[0].0, key);
        assert!(["VALIDATION_INVALID", "VALIDATION_NUMBER_RANGE"].contains(&faults[0].1.as_str()), "{faults:?}");
    }
}

#[test]
fn files_are_named_by_their_paths_and_keep_what_other_apis_put_beside_them() {
    let server = Server::start();
    let site = Site::new(&server);
    let post = site.item_type("post", json!({}));
    for (key, field_type) in [("cover", "image"), ("paper", "file"), ("pictures", "gallery")] {
        site.field(&post, key, field_type, json!({"validators": {"required": {}}}));
    }
    let [one, two] = [(); 2].map(|()| routes::upload_of(&site.client));
    let id = site.get("/site")["data"]["id"].as_str().expect("an id").to_owned();
    let path = |token: &str| format!("/{id}/1455102967-{token}-hello.txt");
    let image =
        json!({"path": path(&one), "width": 1, "height": 2, "size": 3, "format": "png", "alt": "A", "title": null});
    let paper = json!({"path": path(&two), "format": "txt", "size": 5});
    let item = site.item(&post, json!({"cover": image, "paper": paper, "pictures": [{"path": path(&one)}]}));
    let shown = site.attributes(&item);
    let known = json!({"path": path(&one), "width": null, "height": null, "format": "txt", "size": 5, "alt": "A", "title": null});
    assert_eq!(shown["cover"], known, "what a file is, it says itself");
    assert_eq!(shown["paper"], paper);
    assert_eq!(shown["pictures"].as_array().map(Vec::len), Some(1));
    site.put(&format!("/items/{item}"), "item", shown.clone());
    let again = site.attributes(&item);
    assert_eq!((&again["cover"], &again["pictures"]), (&shown["cover"], &shown["pictures"]));

    let unknown = json!({"path": path(&"x".repeat(32))});
    for wrong in [unknown, json!({"path": "/7/1455102967-image.png"}), json!("x")] {
        assert_eq!(site.refused(&item, json!({ "cover": wrong })), invalid("cover", "INVALID"), "{wrong}");
    }
    assert_eq!(site.refused(&item, json!({"pictures": []})), invalid("pictures", "REQUIRED"));
    assert_eq!(site.refused(&item, json!({"cover": null})), invalid("cover", "REQUIRED"));

    // Two files in a cell that shows one: the second stays.
    let tables = site.client.get(&format!("/api/base/{}/table", site.base)).expect(200).json();
    let table = tables[0]["id"].as_str().expect("an id");
    let records = site.client.get(&format!("/api/table/{table}/record?fieldKeyType=name")).expect(200).json();
    let record = records["records"][0]["id"].as_str().expect("an id");
    let both = json!([{"token": two, "name": "b.txt"}, {"token": one, "name": "a.txt"}]);
    let change = json!({"fieldKeyType": "name", "record": {"fields": {"cover": both}}});
    site.client.patch(&format!("/api/table/{table}/record/{record}"), &change).expect(200);
    let cover = site.attributes(&item)["cover"].clone();
    assert_eq!(cover["path"], format!("/{id}/0-{two}-b.txt"));
    let mut described = cover.clone();
    described["alt"] = "B".into();
    site.put(&format!("/items/{item}"), "item", json!({ "cover": described }));
    assert_eq!(site.attributes(&item)["cover"]["alt"], "B");
    let records = site.client.get(&format!("/api/table/{table}/record?fieldKeyType=name")).expect(200).json();
    assert_eq!(records["records"][0]["fields"]["cover"].as_array().map(Vec::len), Some(2));
}

#[test]
fn localized_values_and_changes_of_locales_follow_the_manual() {
    let server = Server::start();
    let site = Site::new(&server);
    site.put("/site", "site", json!({"locales": ["en", "it"]}));
    let post = site.item_type("post", json!({}));
    let title = site.field(&post, "title", "string", json!({"localized": true, "validators": {"unique": {}}}));
    let item = site.item(&post, json!({"title": {"en": "Hello", "it": "Ciao"}}));
    assert_eq!(site.attributes(&item)["title"], json!({"en": "Hello", "it": "Ciao"}));

    assert_eq!(site.refused(&item, json!({"title": {"fr": "Salut"}})), invalid("title", "INVALID_LOCALES"));
    assert_eq!(site.refused(&item, json!({"title": "Hello"})), invalid("title", "INVALID"));
    assert_eq!(site.refused_new(&post, json!({"title": {"en": "New", "it": "Ciao"}})), invalid("title", "UNIQUE"));
    site.item(&post, json!({"title": {"en": "Ciao", "it": "Hello"}}));

    // Required counts in every locale; a locale that is not named stays.
    site.put(&format!("/fields/{title}"), "field", json!({"validators": {"required": {}}}));
    assert_eq!(site.refused(&item, json!({"title": {"it": ""}})), invalid("title", "REQUIRED"));
    site.put(&format!("/items/{item}"), "item", json!({"title": {"it": "Salve"}}));
    assert_eq!(site.attributes(&item)["title"], json!({"en": "Hello", "it": "Salve"}));

    // A new locale is empty, so that items become invalid; one that goes takes its values along.
    site.put("/site", "site", json!({"locales": ["en", "it", "de"]}));
    let shown = site.attributes(&item);
    assert_eq!((&shown["title"]["de"], &shown["is_valid"]), (&Value::Null, &json!(false)));
    assert_eq!(site.get("/items")["meta"]["total_count"], 2);
    assert_eq!(site.reader(&server).get("/items").expect(200).json()["meta"]["total_count"], 0);
    site.put("/site", "site", json!({"locales": ["it", "en"]}));
    let shown = site.attributes(&item);
    assert_eq!((&shown["title"], &shown["is_valid"]), (&json!({"it": "Salve", "en": "Hello"}), &json!(true)));

    // Localized to plain keeps the first locale, plain to localized fills it.
    site.put(&format!("/fields/{title}"), "field", json!({"localized": false}));
    assert_eq!(site.attributes(&item)["title"], "Salve");
    site.put(&format!("/fields/{title}"), "field", json!({"validators": {}, "localized": true}));
    assert_eq!(site.attributes(&item)["title"], json!({"it": "Salve", "en": null}));
}

#[test]
fn new_validators_judge_what_is_there_and_each_is_told_by_its_name() {
    let server = Server::start();
    let site = Site::new(&server);
    let post = site.item_type("post", json!({}));
    let other = site.item_type("other", json!({}));
    let name = site.field(&post, "name", "string", json!({}));
    let count = site.field(&post, "count", "integer", json!({}));
    let day = site.field(&post, "day", "date", json!({}));
    let seo = site.field(&post, "seo", "seo", json!({}));
    let title = json!({"title": "long", "description": "", "image": null});
    let lead = |types: &[&String]| json!({"items_item_type": {"item_types": types}});
    let links = site.field(&post, "links", "links", json!({"validators": lead(&[&post])}));
    let strange = site.item(&other, json!({}));
    let first = site.item(&post, json!({}));
    let item =
        site.item(&post, json!({"name": "abc", "count": 5, "day": "2017-01-01", "links": [first], "seo": title}));

    let rules = [
        (&seo, "seo", json!({"title_length": {"max": 3}}), title, "LENGTH"),
        (&name, "name", json!({"length": {"min": "4"}}), json!("abc"), "LENGTH"),
        (&name, "name", json!({"enum": {"values": ["x"]}}), json!("abc"), "ENUM"),
        (&name, "name", json!({"format": {"custom_pattern": "^[0-9]+$"}}), json!("abc"), "FORMAT"),
        (&name, "name", json!({"format": {"predefined_pattern": "url"}}), json!("abc"), "FORMAT"),
        (&count, "count", json!({"number_range": {"max": "4"}}), json!(5), "NUMBER_RANGE"),
        (&day, "day", json!({"date_range": {"min": "2017-02-01"}}), json!("2017-01-01"), "DATE_RANGE"),
        (
            &links,
            "links",
            json!({"items_item_type": {"item_types": [post]}, "size": {"min": 2}}),
            json!([first]),
            "SIZE",
        ),
        (&links, "links", lead(&[&other]), json!([first]), "ITEMS_ITEM_TYPE"),
    ];
    for (field, key, validators, value, code) in rules {
        let path = format!("/fields/{field}");
        let was = site.get(&path)["data"]["attributes"]["validators"].clone();
        let shown = site.put(&path, "field", json!({ "validators": validators }));
        assert_eq!(shown["data"]["attributes"]["validators"], validators, "as it was given");
        assert_eq!(site.attributes(&item)["is_valid"], false, "{validators}");
        assert_eq!(site.attributes(&item)[key], value, "nothing is lost");
        assert_eq!(site.refused_new(&post, json!({ key: value })), invalid(key, code), "{validators}");
        site.put(&path, "field", json!({ "validators": was }));
        assert_eq!(site.attributes(&item)["is_valid"], true, "{was}");
    }
    // More item types than before: what is linked stays, and more can be.
    site.put(&format!("/fields/{links}"), "field", json!({"validators": lead(&[&post, &other])}));
    site.put(&format!("/items/{item}"), "item", json!({"links": [strange, first]}));
    assert_eq!(site.attributes(&item)["links"], json!([strange, first]));
    assert_eq!(with(&site.get(&format!("/item-types/{other}/fields")), "api_key"), Vec::<Value>::new());
}

#[test]
fn sortable_items_and_trees_have_positions() {
    let server = Server::start();
    let site = Site::new(&server);
    let list = site.item_type("step", json!({"sortable": true}));
    let [a, b, c] = [(); 3].map(|()| site.item(&list, json!({})));
    let position = |item: &str| site.attributes(item)["position"].clone();
    assert_eq!([position(&a), position(&b), position(&c)], [1, 2, 3]);
    site.put(&format!("/items/{c}"), "item", json!({"position": 1}));
    assert_eq!([position(&a), position(&b), position(&c)], [2, 3, 1]);
    site.put(&format!("/items/{a}"), "item", json!({"position": 99}));
    let listed = site.get("/items?filter[type]=step");
    let placed: Vec<(String, Value)> = ids(&listed).into_iter().zip(with(&listed, "position")).collect();
    for (item, place) in [(&c, 1), (&b, 2), (&a, 3)] {
        assert!(placed.contains(&(item.clone(), json!(place))), "{placed:?}");
    }
    let before = site.get(&format!("/items/{b}"));
    site.put(&format!("/items/{b}"), "item", before["data"]["attributes"].clone());
    assert_eq!(site.get(&format!("/items/{b}")), before, "what was read changes nothing");

    let tree = site.item_type("page", json!({"tree": true}));
    let root = site.item(&tree, json!({}));
    let child = site.item(&tree, json!({"parent_id": root}));
    let second = site.item(&tree, json!({"parent_id": root, "position": 1}));
    let shown = site.attributes(&child);
    assert_eq!((&shown["parent_id"], &shown["position"]), (&json!(root), &json!(2)));
    site.put(&format!("/items/{second}"), "item", json!({"position": 2}));
    assert_eq!(site.attributes(&second)["parent_id"], json!(root), "its place below stays");
    assert_eq!(site.attributes(&child)["position"], 1);
    site.put(&format!("/items/{second}"), "item", json!({"parent_id": null}));
    assert_eq!(site.attributes(&second)["parent_id"], Value::Null);
    let loop_ = data("item", json!({"parent_id": child}), None);
    site.client.put(&format!("/items/{root}"), &loop_).expect(422);
    assert_eq!(site.refused(&root, json!({"parent_id": a})), invalid("parent_id", "INVALID"));
    site.client.put(&format!("/item-types/{list}"), &data("item_type", json!({"sortable": false}), None)).expect(200);
    assert_eq!(site.attributes(&a).get("position"), None);
}

#[test]
fn what_other_apis_made_is_shown_and_not_damaged_by_what_is_sent_back() {
    let server = Server::start();
    let site = Site::new(&server);
    let choices = json!({"choices": [{"name": "red"}, {"name": "blue"}]});
    let table = json!({
        "name": "Things",
        "fieldKeyType": "name",
        "fields": [
            {"name": "Name", "type": "singleLineText"},
            {"name": "Type", "type": "singleSelect", "options": choices},
            {"name": "Tags", "type": "multipleSelect", "options": choices},
            {"name": "Stars", "type": "rating"},
            {"name": "Files", "type": "attachment"},
        ],
        "records": [{"fields": {"Name": "One", "Type": "red", "Tags": ["blue", "red"], "Stars": 3}}],
    });
    let made = site.client.post(&format!("/api/base/{}/table/", site.base), &table).expect(201).json();
    let table = made["id"].as_str().expect("an id").to_owned();
    let linked =
        json!({"name": "Next", "type": "link", "options": {"relationship": "manyOne", "foreignTableId": table}});
    site.client.post(&format!("/api/table/{table}/field"), &linked).expect(201);
    let expression = format!("UPPER({{{}}})", made["fields"][0]["id"].as_str().expect("an id"));
    let formula = json!({"name": "Loud", "type": "formula", "options": {"expression": expression}});
    site.client.post(&format!("/api/table/{table}/field"), &formula).expect(201);

    let list = site.get("/items?filter[type]=things");
    let item = ids(&list)[0].clone();
    let shown = site.attributes(&item);
    assert_eq!(
        (&shown["name"], &shown["type_"], &shown["tags"], &shown["stars"], &shown["loud"]),
        (&json!("One"), &json!("red"), &json!(["blue", "red"]), &json!(3), &json!("ONE"))
    );
    let before = site.client.get(&format!("/api/table/{table}/record?fieldKeyType=name")).expect(200).json();
    site.put(&format!("/items/{item}"), "item", shown.clone());
    let after = site.client.get(&format!("/api/table/{table}/record?fieldKeyType=name")).expect(200).json();
    assert_eq!(before, after, "nothing changed, so nothing was written");
    assert_eq!(site.attributes(&item), shown);
    assert_eq!(site.refused(&item, json!({"type_": "green"})).len(), 1);
    site.put(&format!("/items/{item}"), "item", json!({"type_": "blue", "tags": ["red"]}));
    let record = site.client.get(&format!("/api/table/{table}/record?fieldKeyType=name")).expect(200).json();
    assert_eq!(record["records"][0]["fields"]["Type"], "blue");

    // Fields are sent back too.
    let fields = site.get("/item-types/things/fields");
    for field in fields["data"].as_array().expect("fields") {
        let path = format!("/fields/{}", field["id"].as_str().expect("an id"));
        let mut attributes = field["attributes"].clone();
        attributes.as_object_mut().expect("attributes").remove("api_key");
        let same = site.put(&path, "field", attributes);
        assert_eq!(&same["data"], field);
    }
    assert_eq!(site.get("/item-types/things/fields"), fields);
}

#[test]
fn outlines_are_no_item_types_unless_asked_and_documents_made_here_are_outlines() {
    let server = Server::start();
    let site = Site::new(&server);
    let root = site.client.post("/api/v1/file/list", &json!({})).expect(200).text_at("/root_file_id");
    let change = json!({"action": "create", "type": "document", "parent_id": root, "index": 0, "title": "Plan"});
    let create = json!({ "changes": [change] });
    site.client.post("/api/v1/file/edit", &create).expect(200);
    assert_eq!(site.get("/item-types")["data"], json!([]));
    assert_eq!(site.get("/menu-items")["data"], json!([]));
    let tables = site.client.get(&format!("/api/base/{}/table", site.base)).expect(200).json();
    assert_eq!(tables.as_array().map(Vec::len), Some(1));
    site.put("/item-types/1", "item_type", json!({"listed": true}));
    assert_eq!(with(&site.get("/item-types"), "name"), ["Plan"]);
    site.client.post("/item-types/plan/fields", &new_field("extra", "string", json!({}))).expect(201);
    let item = site.item("plan", json!({"content": "A node", "extra": "x"}));
    assert_eq!(site.attributes(&item)["content"], "A node");
}
