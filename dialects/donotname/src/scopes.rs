//! The words of scopes (facts A2) and the abilities of the core behind them.
//!
//! A token keeps its words as they came; what the core has no ability for yet (enterprise, authority matrix) is kept
//! and allows nothing.

use model::error::Path;
use model::{Ability, AbilitySet, Error, Result, Rule};

/// Every scope word of this door, with the abilities it allows.
const SCOPES: &[(&str, &[Ability])] = &[
    ("space|create", &[Ability::WorkspaceCreate]),
    ("space|delete", &[Ability::WorkspaceDelete]),
    ("space|read", &[Ability::WorkspaceRead]),
    ("space|update", &[Ability::WorkspaceUpdate]),
    ("space|invite_email", &[Ability::WorkspaceInviteByMail]),
    ("space|invite_link", &[Ability::WorkspaceInviteByLink]),
    ("space|grant_role", &[Ability::WorkspaceInvite]),
    ("base|create", &[Ability::DatabaseCreate]),
    ("base|delete", &[Ability::DatabaseDelete]),
    ("base|read", &[Ability::DatabaseRead]),
    ("base|read_all", &[Ability::DatabaseRead]),
    // There is no word of its own for roles on a base.
    ("base|update", &[Ability::DatabaseUpdate, Ability::DatabaseInvite]),
    ("base|invite_email", &[Ability::DatabaseInviteByMail]),
    ("base|invite_link", &[Ability::DatabaseInviteByLink]),
    ("base|table_import", &[Ability::TableImport]),
    ("base|table_export", &[Ability::TableExport]),
    ("base|authority_matrix_config", &[]),
    ("base|db_connection", &[]),
    ("base|query_data", &[]),
    ("table|create", &[Ability::TableCreate]),
    ("table|delete", &[Ability::TableDelete]),
    ("table|read", &[Ability::TableRead]),
    ("table|update", &[Ability::TableUpdate]),
    ("table|import", &[Ability::TableImport]),
    ("table|export", &[Ability::TableExport]),
    ("table|trash_read", &[Ability::TrashRead]),
    ("table|trash_update", &[Ability::TrashUpdate]),
    ("table|trash_reset", &[Ability::TrashUpdate]),
    ("view|create", &[Ability::ViewCreate]),
    ("view|delete", &[Ability::ViewDelete]),
    ("view|read", &[Ability::ViewRead]),
    ("view|update", &[Ability::ViewUpdate]),
    ("view|share", &[Ability::ViewShare]),
    ("field|create", &[Ability::FieldCreate]),
    ("field|delete", &[Ability::FieldDelete]),
    ("field|read", &[Ability::FieldRead]),
    ("field|update", &[Ability::FieldUpdate]),
    ("record|create", &[Ability::RecordCreate]),
    ("record|delete", &[Ability::RecordDelete]),
    ("record|read", &[Ability::RecordRead]),
    ("record|update", &[Ability::RecordUpdate]),
    ("record|comment", &[Ability::RecordComment]),
    ("table_record_history|read", &[Ability::HistoryRead]),
    ("automation|create", &[Ability::AutomationUpdate]),
    ("automation|delete", &[Ability::AutomationUpdate]),
    ("automation|read", &[Ability::AutomationRead]),
    ("automation|update", &[Ability::AutomationUpdate]),
    ("user|email_read", &[Ability::EmailRead]),
    ("instance|read", &[]),
    ("instance|update", &[Ability::ServerManage]),
    ("enterprise|read", &[]),
    ("enterprise|update", &[]),
];

/// The abilities behind the words of a token; a word that is none is refused by name.
pub fn abilities(words: &[String]) -> Result<AbilitySet> {
    let mut set = AbilitySet::default();
    for (i, word) in words.iter().enumerate() {
        let Some((_, abilities)) = SCOPES.iter().find(|(known, _)| known == word) else {
            return Err(Error::invalid_given(Path::of("scopes").index(i), Rule::Unknown, word.as_str()));
        };
        set = set.union(AbilitySet::of(abilities.iter().copied()));
    }
    Ok(set)
}

/// The word of an ability, if there is one: the first in the list.
pub fn word_of(ability: Ability) -> Option<&'static str> {
    SCOPES.iter().find(|(_, abilities)| abilities.contains(&ability)).map(|(word, _)| *word)
}

/// The words of a set of abilities: for tokens that were made without words, through the command line.
pub fn words(set: AbilitySet) -> Vec<&'static str> {
    let allowed = |abilities: &[Ability]| !abilities.is_empty() && abilities.iter().all(|ability| set.has(*ability));
    SCOPES.iter().filter(|(_, abilities)| allowed(abilities)).map(|(word, _)| *word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_become_abilities_and_an_unknown_word_is_named() {
        let words_given = ["record|read".to_owned(), "base|query_data".to_owned()];
        let set = abilities(&words_given).expect("known words");
        assert!(set.has(Ability::RecordRead) && !set.has(Ability::RecordCreate));
        assert_eq!(words(set), ["record|read"]);
        let refused = abilities(&["record|fly".to_owned()]).expect_err("unknown");
        assert_eq!(refused.to_string(), "scopes[0] is unknown (given: record|fly)");
    }

    #[test]
    fn a_token_never_gets_to_manage_tokens() {
        let all: Vec<String> = SCOPES.iter().map(|(word, _)| (*word).to_owned()).collect();
        assert!(!abilities(&all).expect("known").has(Ability::TokenManage));
    }
}
