//! What a field is at this door: its type, whether its cells are lists, and where their values come from.
//!
//! A lookup is shown as the type it looks up, through the rights of the actor: what may not be seen there is not there.

use super::result;
use super::word::Word;
use crate::names::TableName;
use engine::View;
use model::field::Slot;
use model::filter::{Operand, System};
use model::kind::Kind;
use model::kind::rollup::RollupFunction;
use model::{Field, FieldId, Table, TableId};

/// The name of this door in bags and lists of hidden fields.
pub const DOOR: &str = "donotname";

/// Longest chain of lookups that is followed.
const MAX_CHAIN: usize = 8;

/// How a field appears.
#[derive(Clone, Debug)]
pub struct Shown {
    pub id: FieldId,
    pub name: String,
    pub key: String,
    pub word: Word,
    /// The kind of the values: of a lookup, of what it looks up; of a formula, of what it gives.
    pub kind: Kind,
    /// The table and field whose kind it is.
    pub of: (TableId, FieldId),
    /// Whether the cell is a list.
    pub many: bool,
    pub is_lookup: bool,
    /// Whether the field cannot work: what it needs is gone.
    pub is_broken: bool,
    /// Where its values are read, filtered and sorted.
    pub operand: Operand,
    /// Whether a client's value is stored; others are silently ignored (facts A3).
    pub is_written: bool,
}

impl Shown {
    /// Whether its values are worked out when they are read.
    pub fn is_derived(&self) -> bool {
        matches!(self.kind.storage(), model::kind::Storage::Derived)
    }
}

/// The fields that this door shows, in their order.
pub fn shown_fields(table: &Table) -> impl Iterator<Item = &Field> {
    table.live_fields().filter(|f| is_shown(f))
}

/// Whether this door shows the field.
pub fn is_shown(field: &Field) -> bool {
    !field.hidden_in.iter().any(|door| door == DOOR)
}

/// How the field appears.
pub fn shown(view: &View<'_>, table: &Table, field: &Field) -> Shown {
    let mut shown = Shown {
        id: field.id,
        name: field.name.clone(),
        key: field.key.clone(),
        word: Word::of(&field.kind),
        kind: valued(field, &field.kind),
        of: (table.id, field.id),
        many: is_list(view, &field.kind),
        is_lookup: false,
        is_broken: false,
        operand: operand(field),
        is_written: field.is_writable() && !matches!(field.kind, Kind::Button(_)),
    };
    match &field.kind {
        Kind::Lookup(_) => follow(view, table, field, &mut shown),
        Kind::Rollup(rollup) => {
            let is_there =
                table.field(rollup.link).is_ok() && kind_of(view, rollup.target_table, rollup.target).is_some();
            shown.is_broken = !is_there;
        }
        Kind::Formula(_) => {
            // One in the making is not there yet.
            let is_kept = view.schema().table(table.id).is_ok_and(|kept| kept.field(field.id).is_ok());
            shown.is_broken = is_kept && !view.formula_works(table.id, field.id);
        }
        _ => {}
    }
    shown
}

/// Whether the actor may see the titles of the records that a link leads to. Where not, they are neither shown nor
/// searched nor sorted by: the answer would tell (S19).
pub fn sees_titles(view: &View<'_>, kind: &Kind) -> bool {
    link_targets(kind).into_iter().all(|target| view.table(target).is_ok_and(|t| t.field(t.primary).is_ok()))
}

/// Where a field's own values are read.
pub fn operand(field: &Field) -> Operand {
    match &field.kind {
        Kind::AutoNumber(_) => Operand::System(System::Id),
        Kind::CreatedTime(_) => Operand::System(System::CreatedAt),
        Kind::ModifiedTime(_) => Operand::System(System::ModifiedAt),
        Kind::CreatedBy(_) => Operand::System(System::CreatedBy),
        Kind::ModifiedBy(_) => Operand::System(System::ModifiedBy),
        _ => Operand::Slot(Slot::plain(field.id)),
    }
}

/// Fills in what a lookup shows.
fn follow(view: &View<'_>, table: &Table, field: &Field, shown: &mut Shown) {
    shown.is_lookup = true;
    let mut here = (table.id, field.id);
    let mut kind = field.kind.clone();
    for step in 0..MAX_CHAIN {
        let Kind::Lookup(lookup) = &kind else {
            shown.word = Word::of(&kind);
            shown.kind =
                match view.table(here.0).and_then(|table| table.field(here.1).map(|field| valued(field, &kind))) {
                    Ok(valued) => valued,
                    Err(_) => kind,
                };
            shown.of = here;
            return;
        };
        let Some(link) = kind_of(view, here.0, lookup.link) else { break };
        let Some(target) = kind_of(view, lookup.target_table, lookup.target) else { break };
        let through_one = !is_list(view, &link);
        if step == 0 && matches!(link, Kind::Reference(_)) && is_plain(&target) {
            shown.operand = Operand::Through { link: lookup.link, slot: Slot::plain(lookup.target) };
        }
        shown.many = shown.many || !through_one || is_list(view, &target);
        here = (lookup.target_table, lookup.target);
        kind = target;
    }
    shown.is_broken = true;
}

/// The kind of the values of a field: of a formula, that of what it gives.
fn valued(field: &Field, kind: &Kind) -> Kind {
    match kind {
        Kind::Formula(formula) => result::kind(field, formula),
        other => other.clone(),
    }
}

/// Whether values of the kind lie in a column, so that a link to one record can be looked through directly.
fn is_plain(kind: &Kind) -> bool {
    matches!(kind.storage(), model::kind::Storage::Column(_))
}

fn kind_of(view: &View<'_>, table: TableId, field: FieldId) -> Option<Kind> {
    let table = view.table(table).ok()?;
    Some(table.field(field).ok()?.kind.clone())
}

/// Whether cells of the kind are lists at this door.
fn is_list(view: &View<'_>, kind: &Kind) -> bool {
    match kind {
        Kind::MultiChoice(_) | Kind::Users(_) | Kind::Files(_) | Kind::Links(_) => true,
        Kind::Reverse(reverse) => !is_exclusive(kind_of(view, reverse.table, reverse.field).as_ref()),
        Kind::Rollup(rollup) => {
            matches!(rollup.function, RollupFunction::ArrayUnique | RollupFunction::ArrayCompact)
        }
        _ => false,
    }
}

/// Whether a link's other side is one record at most.
pub fn is_exclusive(link: Option<&Kind>) -> bool {
    match link {
        Some(Kind::Reference(kind)) => kind.exclusive,
        Some(Kind::Links(kind)) => kind.exclusive,
        Some(_) | None => false,
    }
}

/// The word for how many records are on either side of a link (facts A4).
pub fn relationship(view: &View<'_>, kind: &Kind) -> &'static str {
    match kind {
        Kind::Reference(link) if link.exclusive => "oneOne",
        Kind::Reference(_) => "manyOne",
        Kind::Links(link) if link.exclusive => "oneMany",
        Kind::Links(_) => "manyMany",
        Kind::Reverse(reverse) => match kind_of(view, reverse.table, reverse.field) {
            Some(Kind::Reference(link)) if link.exclusive => "oneOne",
            Some(Kind::Reference(_)) => "oneMany",
            Some(Kind::Links(link)) if link.exclusive => "manyOne",
            Some(_) | None => "manyMany",
        },
        _ => "manyMany",
    }
}

/// The tables that a link leads to.
pub fn link_targets(kind: &Kind) -> Vec<TableId> {
    match kind {
        Kind::Reference(link) => link.targets.clone(),
        Kind::Links(link) => link.targets.clone(),
        Kind::Reverse(reverse) => vec![reverse.table],
        _ => Vec::new(),
    }
}

/// The table of a name in the view's database.
pub fn name_of(view: &View<'_>, table: TableId) -> TableName {
    TableName { database: view.key(), table }
}
