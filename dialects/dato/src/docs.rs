//! `docs/dialects/dato.md`, made from the list of endpoints and the list of differences. A test holds the file to it;
//! `MANYTONGUE_WRITE_DOCS=1 cargo test -p dato docs_are_current` writes it.

use crate::endpoints::{ENDPOINTS, documented};
use std::fmt::Write;

/// What we decided where the reference, the recorded answers and we differ. Numbers are never given twice, so tests and
/// issues can name them.
#[rustfmt::skip]
pub const DIFFERENCES: &[(&str, &str)] = &[
    ("site of a request", "The site is the one that the request names (`/dato/{database}/…`, else `X-Site-Domain` with a site's `internal_domain`, else a host of that form), else the one that the token is bound to, else the user's default database. A token that is bound to one reaches no other: 404."),
    ("ids", "All ids are decimal strings. An item type may be named by its `api_key` wherever an id is asked for in an address, a filter or a relationship."),
    ("errors", "The code stands in `id` and in `attributes.code`. Several faults are several elements of `data`. 404 INVALID_ENDPOINT also answers unknown paths at the root, 405 a wrong method; CONFLICT, REQUEST_TOO_LARGE, REQUEST_TIMEOUT and INTERNAL_SERVER_ERROR are ours."),
    ("bodies", "`type` and `id` may be missing, but not wrong. Members that are not known are passed over, except attributes of an item that are no field: those are refused, but for the ones that the server or later servers show."),
    ("include", "`item_types`, `item_types.fields`, `item_types.menu_item`, `menu_items`, `menu_items.children` and `menu_items.item_type`; others are refused."),
    ("who only reads", "A token without `record|update` sees valid items only, and of the site only name, locales, hue, domains, `global_seo`, favicon, `no_index`, `frontend_url` and `ssg`. How deploys stand is shown to who may change the site; `deploy_settings` to an owner; tokens and `webhook_url` to an owner with all scopes, without an end or a limit of the token's own. To others they are null."),
    ("time zones", "A name of the IANA database, or the city alone (`Rome`, as in the reference)."),
    ("item types", "Tables. One that is a tree, such as a Dynalist document, is none unless `listed` is set to true by `PUT /item-types/{id}`. `api_key` is `^[a-z][a-z0-9_]{0,63}$`. A new one has an item of the menu at its end, which shows the item type's name until it gets a label. `modular_block`, `tree`, `ordering_direction` and `ordering_field` of later clients are kept."),
    ("deleting an item type", "Its items of the menu go with it, and what lies below them moves up. Links that lead only to it go too."),
    ("fields", "Columns. A table must have a field that names its records, so a new item type has a hidden one until it has a field of type string, text, slug, integer, float, date or date_time. Labels may be equal here; other APIs then see a number behind the second. `field_type` cannot be changed."),
    ("validators", "The names of the facts and `slug_format`, `slug_title_field`, `extension`, `file_size`, `image_dimensions`, `date_time_range`, `title_length`, `description_length`; others are refused. Links must say which item types they lead to. `required` refuses false, as it does an empty text."),
    ("links to fewer item types", "Where new validators allow fewer item types, items that link to the others stay as they are and become invalid."),
    ("fields of other APIs", "Choices show as `string` with the names as `enum`, several as `json`; people as their ids; times and appointments as text; lookups and rollups as `json`; formulas as what they give; attachments as `gallery`. Values of computed fields are passed over in writes. A key that stands for something else in an item (`type`, `id`, `position`, …) has an underscore behind it. Buttons are not shown."),
    ("items", "An absent attribute or locale is unchanged by PUT and empty in POST. Links that lead nowhere are `[]`."),
    ("order of items", "The last written first, also for `filter[ids]`. `page[offset]` counts from 0, `page[limit]` is at most 500. Items of item types that are not listed come only when they are asked for."),
    ("files", "`path` is the id of the upload request: `/SITE/UNIXTIME-TOKEN-NAME`. Size and pixels are those of the file, whatever is written. Where another API put several files into the cell of an `image` or `file`, the first is shown and the others stay."),
    ("dates and times", "Shown in the site's zone, with milliseconds only where there are some. Without a zone they are of the site's."),
    ("positions", "`position` counts from 1 among siblings; too large is the end, 0 the beginning. Deleting an item of a tree deletes what is below it."),
    ("If-Match", "Ours, as at the other APIs: PUT and DELETE of an item with it are refused with STALE_ITEM_VERSION when the item was changed since."),
    ("sessions", "The id is `SECRET.KEY` and is of one site: the one that the request names, as above, else that of the token that it shows. Who is nobody there gets the answer to a wrong password."),
    ("users", "Members of the site, by its workspace too, and who is invited by name; the id stays when they come without an account of before. They may write items. `password` is never answered. Through a token PUT changes names only; address and password change in the user's own session. DELETE ends the membership of this site; who is a member by the workspace is refused."),
    ("reset_password", "The same answer for every address, which tells nothing but the address: `data`, and beside it the same as the reference shows it. The code is mailed, good for 30 minutes and once."),
    ("upload requests", "The address is good for 900 seconds, for one file, in the name of the credential that asked. What came is in the media of the site, a table that is no item type, unless who sends may not make it: then an item must take it within a day."),
    ("assets", "Ours: `GET /assets` and the path. To everybody while the file stands where the site's read-only token may read it, once that token was handed out. `w`, `h` (to 4096), `fit` (`clip`, `max`, `crop`, `scale`), `fm` (`jpg`, `png`, `webp`, `json`), `q`; others are refused."),
    ("deploys", "`custom` and `netlify` are told by a POST of `payload` to `trigger_url`, with `headers`; settings of other adapters are kept. `POST /deploy` asks for one, and so does the button of the page `/app/deploys`. A deploy of which nobody tells times out after 30 minutes. In events the values of headers are stars."),
];

/// The page.
pub fn page() -> String {
    let mut out = String::from(HEAD);
    out.push_str("| endpoint | what it does | needs | documented in |\n| --- | --- | --- | --- |\n");
    for e in ENDPOINTS {
        let needs = if e.needs.is_empty() { "-" } else { e.needs };
        let (needs, path) = (needs.replace('|', "\\|"), e.path);
        let summary = e.summary.replace('|', "\\|");
        let _ = writeln!(out, "| `{} {path}` | {summary} | {needs} | {} |", e.method, documented(e.name));
    }
    out.push_str("\n## Differences\n\n");
    out.push_str(
        "Where the reference and the recorded answers of the live service disagree, or we differ from both.\n",
    );
    out.push_str("Tests and issues name these numbers.\n\n");
    for (i, (subject, what)) in DIFFERENCES.iter().enumerate() {
        // One sentence a line, as everywhere in these pages.
        let _ = writeln!(out, "{}. **{subject}**: {}", i + 1, what.replace(". ", ".\n   "));
    }
    out
}

const HEAD: &str = "# DatoCMS

This page is generated from `dialects/dato/src/docs.rs`; change it there.

The Site Management API: sites of item types with fields, items, and a menu.
A site is a database, an item type a table, so the other APIs read and write it too.

## Endpoints

All paths are at the root of the server, below `/dato`, and below `/dato/{database}` with the key of a database, with or without a slash at their end.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docs_are_current() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/dialects/dato.md");
        if std::env::var_os("MANYTONGUE_WRITE_DOCS").is_some() {
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder of documents");
            std::fs::write(&path, page()).expect("the page is written");
        }
        let present = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(present == page(), "run MANYTONGUE_WRITE_DOCS=1 cargo test -p dato docs_are_current");
    }

    #[test]
    fn every_endpoint_of_the_reference_is_there() {
        let spoken = ENDPOINTS.iter().filter(|e| documented(e.name).starts_with("reference")).count();
        assert_eq!(spoken, crate::endpoints::REFERENCE.len(), "each heading of the reference names an endpoint");
    }
}
