//! Changes of a database's settings: its locales, and what dialects keep.

use super::Work;
use super::tables::merge_bag;
use crate::Made;
use model::change::{Change, DatabasePatch};
use model::error::Path;
use model::field::FieldColumn;
use model::schema::{Locale, Settings};
use model::{Ability, ColumnId, Error, LocaleId, Result, Rule, Table};
use store::database::tables;

/// Most locales of one database.
const MAX_LOCALES: usize = 100;

impl Work<'_, '_> {
    pub(super) fn edit_database(&mut self, patch: DatabasePatch) -> Result<Made> {
        self.require(None, Ability::DatabaseUpdate)?;
        let was = self.catalog().schema.settings.clone();
        let mut settings = was.clone();
        merge_bag(&mut settings.bag, patch.bag);
        if let Some(codes) = patch.locales {
            change_locales(&mut settings, &codes)?;
        }
        if settings == was {
            return Ok(Made::Nothing);
        }
        let locales_changed = settings.locales != was.locales;
        self.keep_inverse(None, Change::ReplaceSettings { settings: Box::new(was) });
        self.w.put_settings(settings)?;
        if locales_changed {
            self.follow_locales()?;
        }
        Ok(Made::Nothing)
    }

    pub(super) fn replace_settings(&mut self, mut settings: Settings) -> Result<Made> {
        self.require(None, Ability::DatabaseUpdate)?;
        let was = self.catalog().schema.settings.clone();
        // Numbers once given are never given again.
        settings.next_table = settings.next_table.max(was.next_table);
        settings.next_view = settings.next_view.max(was.next_view);
        settings.next_nav = settings.next_nav.max(was.next_nav);
        settings.next_locale = settings.next_locale.max(was.next_locale);
        self.keep_inverse(None, Change::ReplaceSettings { settings: Box::new(was) });
        self.w.put_settings(settings)?;
        Ok(Made::Nothing)
    }

    /// Gives every localized field a column for each locale there is, and takes those of locales that are gone.
    fn follow_locales(&mut self) -> Result<()> {
        let catalog = self.catalog();
        let locales: Vec<LocaleId> = catalog.schema.settings.locales.iter().map(|l| l.id).collect();
        for table in catalog.schema.live_tables() {
            for field in table.live_fields().filter(|f| f.localized && !f.columns.is_empty()) {
                let mut now = Table::clone(&*self.table(table.id)?);
                let (mut changed, mut fresh) = (field.clone(), field.clone());
                changed.columns.clear();
                fresh.columns.clear();
                for locale in &locales {
                    let column = match field.columns.iter().find(|c| c.locale == *locale) {
                        Some(column) => *column,
                        None => {
                            let column = FieldColumn { locale: *locale, column: now.next_column };
                            now.next_column = ColumnId(now.next_column.0 + 1);
                            fresh.columns.push(column);
                            column
                        }
                    };
                    changed.columns.push(column);
                }
                if changed.columns != field.columns {
                    tables::add_columns(self.w, &now, &fresh)?;
                    self.swap_definition(now, field, changed)?;
                }
            }
        }
        Ok(())
    }
}

fn change_locales(settings: &mut Settings, codes: &[String]) -> Result<()> {
    let at = || Path::of("locales");
    if codes.is_empty() || codes.len() > MAX_LOCALES {
        return Err(Error::invalid(at(), Rule::Size { min: Some(1), max: Some(MAX_LOCALES as u64), eq: None }));
    }
    let mut locales: Vec<Locale> = Vec::with_capacity(codes.len());
    for code in codes {
        let fits = (2..=35).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !fits {
            return Err(Error::invalid_given(at(), Rule::Pattern("a locale such as en or pt-BR".to_owned()), code));
        }
        if locales.iter().any(|l| l.code == *code) {
            return Err(Error::invalid_given(at(), Rule::Taken, code));
        }
        let present = settings.locales.iter().find(|l| l.code == *code).cloned();
        locales.push(match present {
            Some(locale) => locale,
            None => {
                let id = settings.next_locale;
                settings.next_locale = LocaleId(id.0 + 1);
                Locale { id, code: code.clone() }
            }
        });
    }
    settings.locales = locales;
    Ok(())
}
