//! What a field is at this door: its type, and where its values come from.
//!
//! A lookup is shown as the type it looks up, through the rights of the actor: what may not be seen there is not there.

use super::word::Word;
use engine::View;
use model::field::Slot;
use model::filter::{Operand, System};
use model::kind::{Kind, Storage};
use model::{Field, FieldId, Table, TableId};

/// The name of this door in bags and lists of hidden fields.
pub const DOOR: &str = "ninox";
/// Longest chain of lookups that is followed.
const MAX_CHAIN: usize = 8;

/// How a field appears.
#[derive(Clone, Debug)]
pub struct Shown {
    pub id: FieldId,
    pub name: String,
    pub word: Word,
    /// The kind of the values: of a lookup, of what it looks up.
    pub kind: Kind,
    pub is_lookup: bool,
    /// Whether the field cannot work: what it needs is gone.
    pub is_broken: bool,
    /// Where its values are read, filtered and sorted.
    pub operand: Operand,
    /// Whether a client's value is stored.
    pub is_written: bool,
    /// The tables whose records it holds.
    pub targets: Vec<TableId>,
}

/// The fields that this door shows, in their order.
pub fn shown_fields(table: &Table) -> impl Iterator<Item = &Field> {
    table.live_fields().filter(|f| is_shown(f))
}

/// Whether this door shows the field. A button holds nothing that Ninox' interface has a type for.
pub fn is_shown(field: &Field) -> bool {
    !matches!(field.kind, Kind::Button(_)) && !field.hidden_in.iter().any(|door| door == DOOR)
}

/// How the field appears.
pub fn shown(view: &View<'_>, table: &Table, field: &Field) -> Shown {
    let mut shown = Shown {
        id: field.id,
        name: field.name.clone(),
        word: Word::of(&field.kind),
        kind: field.kind.clone(),
        is_lookup: false,
        is_broken: false,
        operand: operand(field),
        is_written: field.is_writable(),
        targets: link_targets(&field.kind),
    };
    match &field.kind {
        Kind::Lookup(_) => follow(view, table, &mut shown),
        Kind::Rollup(rollup) => {
            shown.is_broken =
                table.field(rollup.link).is_err() || kind_of(view, rollup.target_table, rollup.target).is_none();
        }
        _ => {}
    }
    shown
}

impl Shown {
    /// Whether its values are worked out when they are read.
    pub fn is_derived(&self) -> bool {
        matches!(self.kind.storage(), Storage::Derived)
    }
}

/// Where a field's own values are read.
fn operand(field: &Field) -> Operand {
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
fn follow(view: &View<'_>, table: &Table, shown: &mut Shown) {
    shown.is_lookup = true;
    let (mut here, mut kind) = (table.id, shown.kind.clone());
    for step in 0..MAX_CHAIN {
        let Kind::Lookup(lookup) = &kind else {
            shown.word = Word::of(&kind);
            shown.targets = link_targets(&kind);
            shown.kind = kind;
            return;
        };
        let Some(link) = kind_of(view, here, lookup.link) else { break };
        let Some(target) = kind_of(view, lookup.target_table, lookup.target) else { break };
        let is_plain = matches!(target.storage(), Storage::Column(_));
        if step == 0 && is_plain && matches!(link, Kind::Reference(_)) {
            shown.operand = Operand::Through { link: lookup.link, slot: Slot::plain(lookup.target) };
        }
        here = lookup.target_table;
        kind = target;
    }
    shown.is_broken = true;
}

fn kind_of(view: &View<'_>, table: TableId, field: FieldId) -> Option<Kind> {
    Some(view.table(table).ok()?.field(field).ok()?.kind.clone())
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

/// The field on the other side of a link, in one of its tables.
pub fn partner(kind: &Kind) -> Option<(TableId, FieldId)> {
    match kind {
        Kind::Reference(link) => link.partners.first().map(|p| (p.table, p.field)),
        Kind::Links(link) => link.partners.first().map(|p| (p.table, p.field)),
        Kind::Reverse(reverse) => Some((reverse.table, reverse.field)),
        _ => None,
    }
}
