//! The first start: what the owner must know once, with lines to copy.

use crate::spelling::Spelling;
use engine::Engine;
use engine::access::FirstStart;
use model::{Actor, Result};

/// The owner's address when nobody chose one.
const EMAIL: &str = "owner@example.com";
/// Without those that look alike. 32, so that every byte of dice chooses fairly.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// What was made at the first start.
pub struct Made {
    pub email: String,
    /// None when it came from the environment: whoever set it knows it, and it need not stand in a log too.
    pub password: Option<String>,
    pub token: Option<String>,
    pub spelling: Spelling,
}

/// Makes owner, database and token if the folder is new. Address, password and token come from the environment where
/// it has them.
pub fn of(engine: &Engine) -> Result<Option<Made>> {
    let set = |name: &str| std::env::var(name).ok().filter(|text| !text.is_empty());
    let email = set("MANYTONGUE_ADMIN_EMAIL").unwrap_or_else(|| EMAIL.to_owned());
    let (given_password, given_token) = (set("MANYTONGUE_ADMIN_PASSWORD"), set("MANYTONGUE_ADMIN_TOKEN"));
    let own = new_password(engine);
    let given = FirstStart {
        name: "Owner",
        email: &email,
        password: given_password.as_deref().unwrap_or(&own),
        token: given_token.as_deref(),
    };
    let Some(things) = engine.first_start(given)? else { return Ok(None) };
    let database = engine.get_database(&Actor::local(Some(things.user)), things.database)?;
    Ok(Some(Made {
        email,
        password: given_password.is_none().then_some(own),
        token: given_token.is_none().then(|| things.token.as_str().to_owned()),
        spelling: Spelling::of(database.workspace, database.id, database.key),
    }))
}

/// Four groups of five: 100 random bits, with a letter and a digit whatever the dice say.
pub fn new_password(engine: &Engine) -> String {
    let dice: [u8; 20] = engine.random_bytes();
    let groups: Vec<String> = dice
        .chunks(5)
        .map(|group| group.iter().map(|die| char::from(LETTERS[usize::from(*die) % LETTERS.len()])).collect())
        .collect();
    format!("{}-a1", groups.join("-"))
}

/// The message, to be printed and never logged.
pub fn message(url: &str, folder: &str, made: &Made) -> String {
    let Made { email, password, token, spelling } = made;
    let password = password.as_deref().unwrap_or("(as in MANYTONGUE_ADMIN_PASSWORD)");
    let (shown, set) = match token {
        Some(token) => (token.as_str(), format!("TOKEN='{token}'")),
        None => ("(as in MANYTONGUE_ADMIN_TOKEN)", "TOKEN=\"$MANYTONGUE_ADMIN_TOKEN\"".to_owned()),
    };
    let (space, base) = (&spelling.donotname.space, &spelling.donotname.base);
    let (team, ninox) = (&spelling.ninox.team, &spelling.ninox.database);
    let (site, dynalist) = (&spelling.dato.site, &spelling.dynalist.folder);
    format!(
        r#"Manytongue is at {url}
Its data is in {folder}

Keep these, they are shown only now:
  e-mail    {email}
  password  {password}
  token     {shown}

Your first database in the ids of each API:
  Donotname  space {space}, base {base}
  Ninox      team {team}, database {ninox}
  DatoCMS    site {site}
  Dynalist   folder {dynalist}

Donotname clients use {url}/api, and those made for the live service {url}/donotname/api.
Ninox clients use {url}/ninox (they add /v1); {url}/v1 is the same as its documents have it.
Dynalist clients use {url}/dynalist/api/v1; {url}/api/v1 answers as their documents say.
DatoCMS clients use {url}; {url}/dato/{ninox} names this database.
To try it, copy these lines:

  {set}; API={url}/api; AUTH="Authorization: Bearer $TOKEN"; JSON="Content-Type: application/json"
  # List the tables.
  curl -s "$API/base/{base}/table" -H "$AUTH"
  # Make a table.
  TABLE=$(curl -s "$API/base/{base}/table/" -H "$AUTH" -H "$JSON" -d '{{"name":"Tasks","fields":[{{"name":"Title","type":"singleLineText"}}],"records":[]}}' | grep -o 'tbl[0-9A-Za-z]*' | head -n 1)
  # Make a record.
  curl -s "$API/table/$TABLE/record" -H "$AUTH" -H "$JSON" -d '{{"fieldKeyType":"name","records":[{{"fields":{{"Title":"Try it out"}}}}]}}'
  # List the records.
  curl -s "$API/table/$TABLE/record?fieldKeyType=name" -H "$AUTH"
  # The same records through Ninox.
  curl -s "{url}/ninox/v1/teams/{team}/databases/{ninox}/tables/Tasks/records" -H "$AUTH"
  # Ask in NX.
  curl -s "{url}/ninox/v1/teams/{team}/databases/{ninox}/query" -H "$AUTH" -H "$JSON" -d '{{"query":"{{ tasks: cnt(select Tasks) }}"}}'
  # Make an item type, as DatoCMS clients do.
  curl -s "{url}/item-types" -H "$AUTH" -H "$JSON" -d '{{"data":{{"type":"item_type","attributes":{{"name":"Post","api_key":"post"}}}}}}'
  # Make an outline, as Dynalist clients do.
  curl -s "$API/v1/file/edit" -d '{{"token":"'"$TOKEN"'","changes":[{{"action":"create","type":"document","parent_id":"{dynalist}","index":0,"title":"Plan"}}]}}'
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{DatabaseId, DatabaseKey, WorkspaceId};

    #[test]
    fn secrets_from_the_environment_are_not_repeated() {
        let key = DatabaseKey::parse("k3mw9x2vq8ta").expect("a key");
        let spelling = Spelling::of(WorkspaceId(1), DatabaseId(1), key);
        let made = |secret: Option<&str>| Made {
            email: "a@example.com".to_owned(),
            password: secret.map(str::to_owned),
            token: secret.map(str::to_owned),
            spelling: spelling.clone(),
        };
        let said = message("http://127.0.0.1:8080", "./data", &made(Some("the-secret")));
        assert_eq!(said.matches("the-secret").count(), 3, "password, token, and the line to copy");
        assert!(said.contains(&format!("base {}", spelling.donotname.base)));
        let silent = message("http://127.0.0.1:8080", "./data", &made(None));
        assert!(silent.contains("TOKEN=\"$MANYTONGUE_ADMIN_TOKEN\""), "{silent}");
    }
}
