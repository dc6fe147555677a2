//! An outcome as people and as programs read it.

mod result;

use super::{Database, Imported, Index, KnownToken, KnownUser, NewToken, Outcome, Table};
use crate::spelling::Spelling;
use serde_json::json;

/// The JSON of an outcome, without the word that says what it is.
pub fn json(outcome: &Outcome) -> Result<String, String> {
    let value = match outcome {
        Outcome::Database(database) => serde_json::to_value(database),
        Outcome::Databases(databases) => serde_json::to_value(databases),
        Outcome::Token(token) => serde_json::to_value(token),
        Outcome::Tokens(tokens) => serde_json::to_value(tokens),
        Outcome::Revoked { id } => Ok(json!({"id": id, "revoked": true})),
        Outcome::User(user) => serde_json::to_value(user),
        Outcome::Users(users) => serde_json::to_value(users),
        Outcome::Indexes(indexes) => serde_json::to_value(indexes),
        Outcome::IndexDropped { name } => Ok(json!({"name": name, "dropped": true})),
        Outcome::BackedUp { folder, databases, bytes } => {
            Ok(json!({"folder": folder, "databases": databases, "bytes": bytes}))
        }
        Outcome::Checked { faults } => Ok(json!({"sound": faults.is_empty(), "faults": faults})),
        Outcome::Exported { file } | Outcome::ExportedCsv { file } => Ok(json!({"file": file})),
        Outcome::Imported(imported) => serde_json::to_value(imported),
        Outcome::ImportedOutline { title, items } => Ok(json!({"title": title, "items": items})),
        Outcome::Ran { result } => Ok(result.clone()),
        Outcome::Explained { told, .. } => Ok(told.clone()),
        Outcome::Mistaken { drawn } => Ok(json!({"mistakes": drawn})),
        Outcome::Completions(completions) => serde_json::to_value(completions),
        Outcome::Tables(tables) => serde_json::to_value(tables),
    };
    value.and_then(|value| serde_json::to_string(&value)).map_err(|error| error.to_string())
}

/// The lines of an outcome.
pub fn text(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Database(database) => database_lines(database),
        Outcome::Databases(databases) => databases.iter().map(database_lines).collect(),
        Outcome::Token(NewToken { id, name, token, database }) => {
            let spelled = database.as_ref().map(spelling_lines).unwrap_or_default();
            format!("{name} ({id})\n  token      {token}\n{spelled}")
        }
        Outcome::Tokens(tokens) => tokens.iter().map(token_line).collect(),
        Outcome::Revoked { id } => format!("{id} is revoked\n"),
        Outcome::User(user) => user_line(user),
        Outcome::Users(users) => users.iter().map(user_line).collect(),
        Outcome::Indexes(indexes) => indexes.iter().map(index_line).collect(),
        Outcome::IndexDropped { name } => format!("{name} is gone\n"),
        Outcome::BackedUp { folder, databases, bytes } => {
            format!("{databases} databases, {bytes} bytes, in {}\n", folder.display())
        }
        Outcome::Checked { faults } if faults.is_empty() => "all is sound\n".to_owned(),
        Outcome::Checked { faults } => faults.iter().map(|fault| format!("{fault}\n")).collect(),
        Outcome::Exported { file } | Outcome::ExportedCsv { file } => format!("{}\n", file.display()),
        Outcome::Imported(imported) => import_lines(imported),
        Outcome::ImportedOutline { title, items } => format!("{title}: {items} items\n"),
        Outcome::Ran { result } => result::lines(result),
        Outcome::Explained { text, .. } => result::visible(text),
        Outcome::Mistaken { drawn } => drawn.clone(),
        Outcome::Completions(completions) => completions.iter().map(|c| format!("{}  {}\n", c.text, c.told)).collect(),
        Outcome::Tables(tables) => tables.iter().map(table_lines).collect(),
    }
}

fn import_lines(imported: &Imported) -> String {
    let Imported { rows, created, updated, left_out, error_count, .. } = imported;
    let mut lines = match (imported.done, &imported.left_behind) {
        (true, _) => format!("{rows} rows: {created} created, {updated} updated, {left_out} left out\n"),
        (false, None) => format!("{error_count} errors in {rows} rows: nothing of the file was kept\n"),
        (false, Some(why)) => format!("{error_count} errors in {rows} rows: not all could be taken back: {why}\n"),
    };
    for error in &imported.errors {
        let field = error.field.as_ref().map(|field| format!(", {field}")).unwrap_or_default();
        lines.push_str(&format!("  line {}{field} {}\n", error.line, error.message));
    }
    lines
}

fn table_lines(table: &Table) -> String {
    let fields: Vec<String> = table.fields.iter().map(|field| format!("{} ({})", field.name, field.kind)).collect();
    result::visible(&format!("{}\n  {}\n", table.name, fields.join(", ")))
}

fn database_lines(database: &Database) -> String {
    format!("{}\n{}", database.name, spelling_lines(&database.spelling))
}

fn spelling_lines(spelling: &Spelling) -> String {
    let Spelling { ninox, donotname, dato, dynalist } = spelling;
    let token = |word: &str, token: &Option<String>| {
        token.as_ref().map(|token| format!("             {word} token {token}\n")).unwrap_or_default()
    };
    let tokens = token("read-write", &dato.readwrite_token) + &token("read-only", &dato.readonly_token);
    format!(
        "  Donotname  space {}, base {}\n  Ninox      team {}, database {}\n  DatoCMS    site {}\n{tokens}  Dynalist   folder {}\n",
        donotname.space, donotname.base, ninox.team, ninox.database, dato.site, dynalist.folder
    )
}

fn index_line(index: &Index) -> String {
    let Index { name, table, fields, form, origin, built, used } = index;
    let state = if *built { "built" } else { "being built" };
    format!("{name}  {table} ({})  {form}, {origin}, {state}, last used {used}\n", fields.join(", "))
}

fn user_line(user: &KnownUser) -> String {
    let KnownUser { id, name, email, administrator, disabled, created, password } = user;
    let mut line = format!("{id}  {name} <{email}>  since {created}");
    for (is, word) in [(administrator, "administrator"), (disabled, "disabled")] {
        if *is {
            line.push_str(", ");
            line.push_str(word);
        }
    }
    line.push('\n');
    if let Some(password) = password {
        line.push_str(&format!("  password   {password}\n"));
    }
    line
}

fn token_line(token: &KnownToken) -> String {
    let KnownToken { id, name, prefix, expires, last_used } = token;
    let (expires, used) = (expires.as_deref().unwrap_or("never"), last_used.as_deref().unwrap_or("never"));
    format!("{id}  {name}  {prefix}…  expires {expires}, last used {used}\n")
}
