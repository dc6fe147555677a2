//! Accounts, members and invitations.

use super::{asked, parameter, plain, with_body};
use edge::openapi::{Operation, Parameter, json_of};

const ACCOUNT: &str = "Accounts";
const MEMBERS: &str = "Members";
const INVITATIONS: &str = "Invitations";

const LIST: &[Parameter] = &[
    parameter("includeSystem", "boolean", "Accepted and without effect: there are no system users."),
    parameter("includeBase", "boolean", "Whether members of single bases are listed too."),
    parameter("type", "text", "`user`."),
    parameter("skip", "integer", "How many to pass over."),
    parameter("take", "integer", "How many."),
    parameter("search", "text", "Part of a name or e-mail address."),
    parameter("orderBy", r#"{"type": "string", "enum": ["asc", "desc"]}"#, "By when they came."),
];

const PRINCIPAL: &[Parameter] = &[
    parameter("principalId", "text", "The user, `usr…`."),
    parameter("principalType", r#"{"type": "string", "enum": ["user"]}"#, "`user`."),
];

const CHANGE: &str = r#"{"type": "object", "required": ["principalId", "principalType", "role"], "properties": {"principalId": "$text", "principalType": "$text", "role": "$Role"}}"#;
const ADDITION: &str = r#"{"type": "object", "required": ["collaborators", "role"], "properties": {"collaborators": {"type": "array", "items": {"type": "object", "required": ["principalId", "principalType"], "properties": {"principalId": "$text", "principalType": "$text"}}}, "role": "$Role"}}"#;
const LINK: &str = r#"{"type": "object", "required": ["role"], "properties": {"role": "$Role", "expiredTime": {"type": ["string", "null"]}}}"#;
const ROLE: &str = r#"{"type": "object", "required": ["role"], "properties": {"role": "$Role"}}"#;
const CHANGED: &str = r#"{"type": "object", "required": ["invitationId", "role"], "properties": {"invitationId": "$text", "role": "$Role"}}"#;
const LETTERS: &str =
    r#"{"type": "object", "required": ["emails", "role"], "properties": {"emails": "$[text]", "role": "$Role"}}"#;

const fn members(name: &'static str) -> Operation {
    asked(plain(MEMBERS, name, 200, "Members"), LIST)
}

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    with_body(ACCOUNT, "sign up", &[json_of(r#"{"type": "object", "required": ["email", "password"], "properties": {"email": "$text", "password": "$text", "defaultSpaceName": {"type": ["string", "null"]}, "inviteCode": {"type": ["string", "null"]}}}"#)], 201, "Account"),
    with_body(ACCOUNT, "change password", &[json_of(r#"{"type": "object", "required": ["password", "newPassword"], "properties": {"password": "$text", "newPassword": "$text"}}"#)], 200, "Nothing"),
    with_body(ACCOUNT, "ask for a new password", &[json_of(r#"{"type": "object", "required": ["email"], "properties": {"email": "$text"}}"#)], 201, "Nothing"),
    with_body(ACCOUNT, "reset password", &[json_of(r#"{"type": "object", "required": ["password", "code"], "properties": {"password": "$text", "code": "$text"}}"#)], 201, "Nothing"),
    with_body(ACCOUNT, "rename user", &[json_of(r#"{"type": "object", "required": ["name"], "properties": {"name": "$text"}}"#)], 200, "Nothing"),
    members("list members of space"),
    members("list members of base"),
    asked(plain(MEMBERS, "list users of base", 200, r#"{"type": "object", "required": ["users", "total"], "properties": {"users": "$[Person]", "total": "$integer"}}"#), LIST),
    with_body(MEMBERS, "change member of space", &[json_of(CHANGE)], 200, "Nothing"),
    with_body(MEMBERS, "change member of base", &[json_of(CHANGE)], 200, "Nothing"),
    asked(plain(MEMBERS, "remove member of space", 200, "Nothing"), PRINCIPAL),
    asked(plain(MEMBERS, "remove member of base", 200, "Nothing"), PRINCIPAL),
    with_body(MEMBERS, "add members to space", &[json_of(ADDITION)], 201, "Nothing"),
    with_body(MEMBERS, "add members to base", &[json_of(ADDITION)], 201, "Nothing"),
    with_body(INVITATIONS, "create invitation to space", &[json_of(LINK)], 201, "Invitation"),
    with_body(INVITATIONS, "create invitation to base", &[json_of(LINK)], 201, "Invitation"),
    plain(INVITATIONS, "list invitations to space", 200, "[Invitation]"),
    plain(INVITATIONS, "list invitations to base", 200, "[Invitation]"),
    with_body(INVITATIONS, "update invitation to space", &[json_of(ROLE)], 200, CHANGED),
    with_body(INVITATIONS, "update invitation to base", &[json_of(ROLE)], 200, CHANGED),
    plain(INVITATIONS, "delete invitation to space", 200, "Nothing"),
    plain(INVITATIONS, "delete invitation to base", 200, "Nothing"),
    with_body(INVITATIONS, "invite to space by e-mail", &[json_of(LETTERS)], 201, r#"{"type": "object"}"#),
    with_body(INVITATIONS, "invite to base by e-mail", &[json_of(LETTERS)], 201, r#"{"type": "object"}"#),
    with_body(INVITATIONS, "accept invitation", &[json_of(r#"{"type": "object", "required": ["invitationCode"], "properties": {"invitationCode": "$text", "invitationId": {"type": ["string", "null"]}}}"#)], 201, r#"{"type": "object", "properties": {"spaceId": {"type": ["string", "null"]}, "baseId": {"type": ["string", "null"]}}}"#),
];
