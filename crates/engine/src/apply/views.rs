//! Changes of views.

use super::Work;
use super::tables::check_name;
use crate::Made;
use model::change::Change;
use model::{Ability, Error, Result, Subject, Table, TableId, View, ViewId};

/// Most views of one table.
const MAX_VIEWS: usize = 500;

impl Work<'_, '_> {
    pub(super) fn create_view(&mut self, id: TableId, mut view: View, at: Option<usize>) -> Result<Made> {
        let mut table = Table::clone(&*self.table(id)?);
        self.require(Some(id), Ability::ViewCreate)?;
        check_name("name", &view.name)?;
        if table.views.len() >= MAX_VIEWS {
            return Err(Error::Conflict(format!("A table has at most {MAX_VIEWS} views")));
        }
        let mut settings = self.catalog().schema.settings.clone();
        view.id = settings.next_view;
        settings.next_view = ViewId(view.id.0 + 1);
        self.w.put_settings(settings)?;
        let made = Made::View { table: id, view: view.id };
        // What is in a table that this write makes goes with the table.
        if !self.own.contains(&id) {
            self.keep_inverse(Some(id), Change::DeleteView { table: id, view: view.id });
        }
        let at = at.unwrap_or(table.views.len()).min(table.views.len());
        table.views.insert(at, view);
        self.put_table(table)?;
        Ok(made)
    }

    pub(super) fn replace_view(&mut self, id: TableId, view: View, at: Option<usize>) -> Result<Made> {
        let mut table = Table::clone(&*self.table(id)?);
        self.require(Some(id), Ability::ViewUpdate)?;
        check_name("name", &view.name)?;
        view.filter.check_bounds()?;
        let made = Made::View { table: id, view: view.id };
        match table.views.iter().position(|v| v.id == view.id) {
            Some(place) => {
                let was = std::mem::replace(&mut table.views[place], view);
                if was == table.views[place] {
                    return Ok(made);
                }
                let inverse = Change::ReplaceView { table: id, view: Box::new(was), at: Some(place) };
                self.keep_inverse(Some(id), inverse);
            }
            // A deleted view comes back.
            None => {
                self.keep_inverse(Some(id), Change::DeleteView { table: id, view: view.id });
                let at = at.unwrap_or(table.views.len()).min(table.views.len());
                table.views.insert(at, view);
            }
        }
        self.put_table(table)?;
        Ok(made)
    }

    pub(super) fn delete_view(&mut self, id: TableId, view: ViewId) -> Result<Made> {
        let mut table = Table::clone(&*self.table(id)?);
        self.require(Some(id), Ability::ViewDelete)?;
        let Some(at) = table.views.iter().position(|v| v.id == view) else {
            return Err(Error::not_found(Subject::View, view.0.to_string()));
        };
        if table.views.len() == 1 && !self.trusted {
            return Err(Error::Conflict("The last view of a table cannot be deleted".to_owned()));
        }
        let was = table.views.remove(at);
        self.keep_inverse(Some(id), Change::ReplaceView { table: id, view: Box::new(was), at: Some(at) });
        self.put_table(table)?;
        Ok(Made::Nothing)
    }
}
