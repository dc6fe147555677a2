//! The site as JSON (reference, "Site").

use super::managed::Managed;
use super::{Settings, seo};
use crate::item_type;
use crate::menu;
use crate::names;
use engine::View;
use engine::access::DatabaseInfo;
use model::query::Source;
use model::time::Instant;
use model::{Ability, Json, Query, Result, TableId};
use serde_json::json;

/// Who the site is shown to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Shown {
    /// Who only reads: what a published page needs (facts 2, "GET /site").
    Public,
    /// Who writes: the rest but what lets one in.
    Written,
    /// Who manages the site.
    Whole,
}

/// The site. `host` is by which it was reached.
pub fn object(view: &mut View<'_>, site: &DatabaseInfo, host: &str, managed: &Managed) -> Result<Json> {
    let settings = Settings::of(view);
    let locales = view.schema().settings.locales.clone();
    let shown = match (view.require(None, Ability::DatabaseUpdate), view.require(None, Ability::RecordUpdate)) {
        (Ok(()), _) => Shown::Whole,
        (Err(_), Ok(())) => Shown::Written,
        (Err(_), Err(_)) => Shown::Public,
    };
    let codes: Vec<&str> = locales.iter().map(|locale| locale.code.as_str()).collect();
    let Json::Object(mut attributes) = json!({
        "name": site.name,
        "locales": codes,
        "theme_hue": settings.theme_hue,
        "domain": Json::Null,
        "internal_domain": names::internal_domain(site.key, host),
        "global_seo": seo::shown(&settings, &locales),
        "favicon": settings.favicon,
        "no_index": settings.no_index,
        "frontend_url": settings.frontend_url,
        "ssg": settings.ssg,
    }) else {
        return Ok(Json::Null);
    };
    if shown != Shown::Public {
        let tables: Vec<TableId> = item_type::listed(view).iter().map(|table| table.id).collect();
        let last_change = view.last_write_at()?.map(|at| Instant(at).to_iso());
        let more = [
            ("timezone", json!(settings.timezone)),
            ("items_count", json!(count(view, &tables)?)),
            ("last_data_change_at", json!(last_change)),
            ("last_dump_at", Json::Null),
        ];
        attributes.extend(more.map(|(key, value)| (key.to_owned(), value)));
    }
    if shown == Shown::Whole {
        managed.add(&mut attributes);
    }
    let item_types: Vec<Json> = item_type::listed(view).iter().map(|table| item_type::identifier(table.id)).collect();
    let menu_items: Vec<Json> = menu::Menu::of(view).identifiers();
    Ok(json!({
        "type": "site",
        "id": names::site(site.id),
        "attributes": attributes,
        "relationships": {
            "account": {"data": {"type": "account", "id": site.workspace.0.to_string()}},
            "menu_items": {"data": menu_items},
            "item_types": {"data": item_types},
        },
    }))
}

fn count(view: &mut View<'_>, tables: &[TableId]) -> Result<u64> {
    let seen: Vec<TableId> =
        tables.iter().copied().filter(|table| view.require(Some(*table), Ability::RecordRead).is_ok()).collect();
    let Some(first) = seen.first() else { return Ok(0) };
    let query = Query { source: Source::Tables(seen.clone()), ..Query::table(*first) };
    view.count(&query)
}
