//! Scripts as filters: a condition on the records of a table that somebody wrote in NX.

use super::answer::stopped;
use super::{Reading, ScriptPlace, schema_for};
use crate::view::View;
use model::error::Path;
use model::{Error, Filter, Result, Rule, TableId};
use nx::Setting;

/// Longest part of a script that a message shows, in characters.
const MOST_SHOWN: usize = 80;

/// How long a filter will stand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// For one request: what depends on the moment or on who asks is worked out now.
    Once,
    /// It is saved: nothing in it may depend on the moment or on who asks.
    Saved,
}

impl View<'_> {
    /// The records of a table of which a script is true, as a filter. The script names what the actor may see, and only
    /// reads; what the store cannot test is refused, by the part of the script that says it. `at` names the script in
    /// what is refused.
    pub fn script_filter(&mut self, table: TableId, source: &str, standing: Standing, at: &Path) -> Result<Filter> {
        let refused = |why: String| Error::invalid(at.clone(), Rule::Malformed(why));
        let seen = schema_for(&self.catalog.schema, self.scope);
        let program = nx::compile(source, &seen, Setting::formula(table)).map_err(|mistakes| {
            let first = mistakes.first().map(ToString::to_string).unwrap_or_default();
            refused(format!("cannot be read: {first}"))
        })?;
        if standing == Standing::Saved && program.volatile {
            return Err(refused("depends on the moment or on who asks, which a saved filter cannot".to_owned()));
        }
        let mut budget = self.scope.members.engine().inner().script_limits.query();
        let mut host = Reading::new(self, ScriptPlace::default());
        let found = nx::condition(&program, &mut host, table, &mut budget).map_err(|f| stopped(source, f))?;
        // What who saves it may see would stand in it for everybody, and not change any more.
        if standing == Standing::Saved && budget.spent.queries > 0 {
            return Err(refused("reads other records first, which a saved filter cannot".to_owned()));
        }
        found.map_err(|part| {
            let shown = source.get(part.start as usize..part.end as usize).unwrap_or_default();
            let shown: String = shown.chars().take(MOST_SHOWN).collect();
            refused(format!("has a part that no filter can test: {shown}"))
        })
    }

    /// A script about a record of a table in the form that is kept, with numbers in the place of names.
    pub fn kept_script(&self, table: TableId, source: &str) -> Option<String> {
        let seen = schema_for(&self.catalog.schema, self.scope);
        let program = nx::compile(source, &seen, Setting::formula(table)).ok()?;
        Some(nx::stored::numbered(source, &program))
    }
}
