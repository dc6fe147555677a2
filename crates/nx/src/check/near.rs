//! Names near a misspelled one, for "did you mean".

use super::Checker;
use super::fields::MEMBERS;
use super::scope::Seen;
use crate::types::Type;
use model::TableId;
use model::text::fold;

/// Longest name that is compared, in characters.
const LONGEST: usize = 64;

impl Checker<'_, '_> {
    /// The variable or field around that is nearest to a name.
    pub(super) fn near_name(&self, name: &str) -> Option<String> {
        let seen = self.scopes.seen().filter_map(|scope| match scope {
            Seen::Variables(variables) => Some(variables),
            Seen::Context(..) => None,
        });
        let variables = seen.flat_map(|variables| variables.iter().map(|(name, _)| name));
        let tables = self.context_tables();
        let fields = tables.iter().flat_map(|table| self.captions(*table));
        nearest(name, variables.chain(fields))
    }

    /// The field of a table that is nearest to a name.
    pub(super) fn near_field(&self, table: TableId, name: &str) -> Option<String> {
        nearest(name, self.captions(table))
    }

    fn captions(&self, table: TableId) -> impl Iterator<Item = &str> {
        let table = self.schema.table(table).ok();
        let fields = table.into_iter().flat_map(|table| table.live_fields().map(|field| field.name.as_str()));
        fields.chain(MEMBERS.iter().map(|(name, _)| *name))
    }

    /// The table that is nearest to a name.
    pub(super) fn near_table(&self, name: &str) -> Option<String> {
        nearest(name, self.schema.live_tables().map(|table| table.name.as_str()))
    }

    /// The function that is nearest to a name.
    pub(super) fn near_function(&self, name: &str) -> Option<String> {
        let own = self.scopes.functions().map(|(name, _)| name);
        nearest(name, own.chain(self.builtins.iter().copied().flatten().map(|builtin| builtin.name)))
    }

    /// What a path over a value without fields may have meant.
    pub(super) fn no_fields(of: &Type) -> String {
        format!("{} has no fields", of.word())
    }
}

/// The candidate that takes the fewest edits, at most a third of the name's length; the first of equals.
fn nearest<'c>(name: &str, candidates: impl Iterator<Item = &'c str>) -> Option<String> {
    let wanted: Vec<char> = fold(name).chars().take(LONGEST + 1).collect();
    let most = (wanted.len() / 3).min(3);
    if wanted.len() > LONGEST || most == 0 {
        return None;
    }
    let within = candidates.filter_map(|candidate| {
        let folded: Vec<char> = fold(candidate).chars().take(LONGEST + 1).collect();
        let distance = (folded.len().abs_diff(wanted.len()) <= most).then(|| edits(&wanted, &folded))?;
        (distance <= most).then_some((distance, candidate))
    });
    within.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate.to_owned())
}

/// Insertions, deletions, replacements and swaps of neighbours from one name to another.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut rows: Vec<Vec<usize>> = vec![(0..=b.len()).collect()];
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(rows[i - 2][j - 2] + 1);
            }
        }
        rows.push(row);
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_few_edits_away() {
        let near = |name| nearest(name, ["Amount", "Account", "Name", "VAT"].into_iter());
        assert_eq!(near("Amout").as_deref(), Some("Amount"));
        assert_eq!(near("acconut").as_deref(), Some("Account"));
        assert_eq!(near("Naem").as_deref(), Some("Name"));
        assert_eq!(near("x"), None);
        assert_eq!(near("Customer"), None);
    }
}
