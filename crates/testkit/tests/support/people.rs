//! Other people, their roles and their tokens, made behind the door.

use super::log::key_of;
use engine::access::{NewAccount, NewToken, Part, Place};
use model::access::Reach;
use model::time::Instant;
use model::{Ability, AbilitySet, Actor, FieldId, Role, TableId, UserId};
use serde_json::json;
use testkit::client::Client;
use testkit::server::Server;

/// Somebody with an account, a password and a token of full access.
pub struct Person {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub password: String,
    pub token: String,
    pub client: Client,
}

/// The command line: may do everything.
pub fn local() -> Actor {
    Actor::local(None)
}

/// Makes somebody who has no role anywhere.
pub fn stranger(server: &Server, name: &str) -> Person {
    let (email, password) = (format!("{name}@elsewhere.example"), format!("{name}-Password-4711"));
    let new = NewAccount {
        name: name.to_owned(),
        email: email.clone(),
        password: Some(password.clone()),
        administrator: false,
    };
    let account = server.wait(server.engine.create_user(&local(), new)).expect("an account");
    let token = token_of(server, account.id, NewToken { full_access: true, ..named("all") });
    let client = Client::new(&server.base, Some(&token));
    Person { id: account.id, name: name.to_owned(), email, password, token, client }
}

/// Makes somebody with a space of their own; the space's id.
pub fn neighbour(server: &Server, name: &str) -> (Person, String) {
    let person = stranger(server, name);
    let space = person.client.post("/api/space", &json!({"name": "Own"})).expect(201).text_at("/id");
    (person, space)
}

/// Makes somebody with a role on a base.
pub fn member(server: &Server, name: &str, base: &str, role: Role) -> Person {
    let person = stranger(server, name);
    give(server, &person, base, role);
    person
}

/// Gives a role on a base, in the place of another.
pub fn give(server: &Server, person: &Person, base: &str, role: Role) {
    let place = Place::Database(key_of(base));
    server.engine.set_collaborator(&local(), place, person.id, role).expect("a role");
}

/// Gives a role on a field; none hides it.
pub fn give_on_field(server: &Server, person: &Person, base: &str, part: (TableId, FieldId), role: Role) {
    let part = Part::Field(part.0, part.1);
    server.engine.set_part_role(&local(), key_of(base), part, person.id, role).expect("a role on a field");
}

/// Gives a role on a table, in the place of the base's.
pub fn give_on_table(server: &Server, person: &Person, base: &str, table: TableId, role: Role) {
    let local = local();
    server.engine.set_part_role(&local, key_of(base), Part::Table(table), person.id, role).expect("a role on a table");
}

/// A token of a user; its text.
pub fn token_of(server: &Server, user: UserId, new: NewToken) -> String {
    let (_, secret) = server.engine.create_token(&Actor::local(Some(user)), new).expect("a token");
    secret.as_str().to_owned()
}

/// The owner's number.
pub fn owner(server: &Server) -> UserId {
    server.engine.authenticate(testkit::server::TOKEN).expect("the owner's token").user.expect("a user")
}

/// A client of the owner whose token has these abilities only.
pub fn scoped(server: &Server, abilities: &[Ability]) -> Client {
    let abilities = AbilitySet::of(abilities.iter().copied());
    let token = token_of(server, owner(server), NewToken { abilities, ..named("scoped") });
    Client::new(&server.base, Some(&token))
}

/// A client of the owner whose token is bound to one base.
pub fn bound(server: &Server, base: &str) -> Client {
    let reach = Reach::Only { workspaces: Vec::new(), databases: vec![key_of(base)] };
    let token = token_of(server, owner(server), NewToken { full_access: true, reach, ..named("bound") });
    Client::new(&server.base, Some(&token))
}

/// A token to be made, without rights.
pub fn named(name: &str) -> NewToken {
    NewToken { name: name.to_owned(), ..NewToken::default() }
}

/// A token that ends in a moment; its text, when the moment is over.
pub fn expired(server: &Server, user: UserId) -> String {
    let end = Instant(server.engine.now().0 + 50);
    let token = token_of(server, user, NewToken { full_access: true, expires_at: Some(end), ..named("short") });
    while server.engine.now() <= end {
        std::thread::yield_now();
    }
    token
}

/// The numbers of a table and field in their ids: the last nine digits, to the base of 62.
pub fn numbers(field: &str) -> (TableId, FieldId) {
    const DIGITS: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let digit = |c: char| DIGITS.find(c).expect("a digit") as u64;
    let packed = field[15..24].chars().fold(0, |sum, c| sum * 62 + digit(c));
    (TableId((packed >> 32) as u32), FieldId(packed as u32))
}

/// Signs in; the cookie of the session.
pub fn sign_in(client: &Client, email: &str, password: &str) -> String {
    let body = json!({"email": email, "password": password});
    let reply = client.with_token(None).post("/api/auth/signin", &body).expect(200);
    let cookie = reply.header("set-cookie").expect("a cookie");
    cookie.split(';').next().expect("a pair").to_owned()
}

/// The text of a new token of these scope words, made by a person in a session.
pub fn token_of_words(client: &Client, cookie: &str, words: &[&str]) -> String {
    let body = json!({"name": "words", "scopes": words, "expiredTime": "2099-01-01"});
    let client = client.with_token(None);
    let reply = client.send("POST", "/api/access-token", &[("cookie", cookie)], Some(body.to_string()));
    reply.expect(201).text_at("/token")
}

/// The place of a space's or base's id.
pub fn place_of(id: &str) -> Place {
    match id.strip_prefix("spc") {
        Some(_) => Place::Workspace(donotname::names::read_space(id).expect("a space")),
        None => Place::Database(key_of(id)),
    }
}
