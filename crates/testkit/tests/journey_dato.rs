//! A site through the DatoCMS API: models, fields, items, menu, and the same data through other APIs.

mod support;

use serde_json::json;
use support::dato::{Site, attribute_faults, data, with};
use testkit::server::Server;

#[test]
fn a_site_is_read_and_its_items_are_made_changed_listed_and_deleted() {
    let server = Server::start();
    let site = Site::new(&server);
    let shown = site.client.get("/site").expect(200).json();
    assert_eq!(shown["data"]["attributes"]["locales"], json!(["en"]));
    assert_eq!(shown.get("included"), None);

    let post = site.item_type("post", json!({}));
    let title = site.field(&post, "title", "string", json!({"validators": {"required": {}, "unique": {}}}));
    let item = site.item(&post, json!({"title": "First"}));
    assert_eq!(site.get(&format!("/items/{item}"))["data"]["attributes"]["title"], "First");

    let again = site.client.post("/items", &site.new_item(&post, json!({"title": "First"}))).expect(422).json();
    assert_eq!(attribute_faults(&again), [("title".to_owned(), "VALIDATION_UNIQUE".to_owned())]);

    let changed = data("item", json!({"title": "Second"}), Some(&item));
    site.client.put(&format!("/items/{item}"), &changed).expect(200);
    let other = site.item(&post, json!({"title": "Third"}));
    let list = site.get("/items?filter%5Btype%5D=post&page%5Blimit%5D=500");
    assert_eq!(list["meta"]["total_count"], 2);
    assert_eq!(list["data"][0]["id"], json!(other), "the newest first");

    let gone = site.client.delete(&format!("/items/{item}")).expect(200).json();
    assert_eq!(gone["data"]["id"], json!(item));
    site.client.get(&format!("/items/{item}")).expect(404);
    let fields = site.get(&format!("/item-types/{post}/fields"));
    assert_eq!(fields["data"][0]["id"], json!(title));
    assert_eq!(with(&site.get("/menu-items"), "label"), ["Post"]);
    assert_eq!(site.get("/site?include=item_types,item_types.fields")["included"].as_array().map(Vec::len), Some(2));
}
