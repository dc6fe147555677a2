//! Who asks, and who else is there.

use super::SYSTEM;
use crate::builtin::given::given;
use crate::builtin::{Builtin, Context, Effect, result};
use crate::fault::Fault;
use crate::host::Person;
use crate::spelling;
use crate::value::Value;
use model::Role;

const PEOPLE: Builtin = Builtin { arity: (0, Some(0)), effect: Effect::Volatile, result: result::text, ..SYSTEM };

pub const ROWS: &[Builtin] = &[
    Builtin {
        name: "user",
        signature: "user()",
        summary: "The user whose key is used; null of a key without a person.",
        result: result::user,
        examples: &[("user()", "\"mAnyTonGue1000005\""), ("text(user())", "\"Grace\"")],
        call: |context, _| Ok(context.host.user().map_or(Value::Null, Value::User)),
        ..PEOPLE
    },
    Builtin {
        name: "userId",
        signature: "userId()",
        summary: "The id of the user.",
        examples: &[("userId()", "\"mAnyTonGue1000005\"")],
        call: |context, _| Ok(Value::text(spelling::user(given!(context.host.user())))),
        ..PEOPLE
    },
    Builtin {
        name: "userName",
        signature: "userName()",
        summary: "The name of the user.",
        examples: &[("userName()", "\"Grace\"")],
        call: |context, _| Ok(Value::text(given!(asker(context)?).name)),
        ..PEOPLE
    },
    Builtin {
        name: "userEmail",
        signature: "userEmail()",
        summary: "The e-mail address of the user; null when it may not be seen.",
        examples: &[("userEmail()", "\"grace@example.com\"")],
        call: |context, _| Ok(given!(asker(context)?).email.map_or(Value::Null, Value::text)),
        ..PEOPLE
    },
    Builtin {
        name: "userRole",
        signature: "userRole()",
        summary: "The role of the user in the database: admin, editor, commenter or reader.",
        examples: &[("userRole()", "\"admin\"")],
        call: |context, _| Ok(Value::text(word(given!(asker(context)?).role))),
        ..PEOPLE
    },
    Builtin {
        name: "userRoles",
        signature: "userRoles()",
        summary: "The roles of the user, as an array.",
        result: result::texts,
        examples: &[("userRoles()", "[\"admin\"]")],
        call: |context, _| {
            let roles = asker(context)?.into_iter().map(|person| Value::text(word(person.role))).collect();
            Ok(Value::array(roles))
        },
        ..PEOPLE
    },
    Builtin {
        name: "userHasRole",
        signature: "userHasRole(role)",
        summary: "Whether the user has a role, whatever the case.",
        arity: (1, Some(1)),
        result: result::boolean,
        examples: &[
            ("userHasRole(\"Admin\")", "true"),
            ("userHasRole(\"editor\")", "false"),
            ("userHasRole(null)", "null"),
        ],
        call: |context, arguments| {
            let wanted = given!(context.text(&arguments[0])?);
            let role = asker(context)?.map(|person| word(person.role));
            Ok(Value::Bool(role.is_some_and(|role| role.eq_ignore_ascii_case(wanted.trim()))))
        },
        ..PEOPLE
    },
    Builtin {
        name: "users",
        signature: "users()",
        summary: "The users of the database.",
        result: result::users,
        examples: &[
            ("users()", "[\"mAnyTonGue1000005\",\"mAnyTonGue1000006\"]"),
            ("join(users(), \", \")", "\"Grace, Linus\""),
        ],
        call: |context, _| {
            Ok(Value::array(context.host.people()?.into_iter().map(|person| Value::User(person.id)).collect()))
        },
        ..PEOPLE
    },
    Builtin {
        name: "isAdminMode",
        signature: "isAdminMode()",
        summary: "Whether somebody designs the database; never here.",
        effect: Effect::Pure,
        result: result::boolean,
        examples: &[("isAdminMode()", "false")],
        call: |_, _| Ok(Value::Bool(false)),
        ..PEOPLE
    },
];

/// The person who asks.
fn asker(context: &mut Context<'_>) -> Result<Option<Person>, Fault> {
    let Some(user) = context.host.user() else { return Ok(None) };
    Ok(context.host.people()?.into_iter().find(|person| person.id == user))
}

/// Roles as scripts know them.
fn word(role: Role) -> &'static str {
    match role {
        // An owner can do what an admin can, and scripts ask for admins.
        Role::Owner | Role::Manage => "admin",
        Role::Edit => "editor",
        Role::Comment => "commenter",
        Role::Read => "reader",
        Role::None => "none",
    }
}
