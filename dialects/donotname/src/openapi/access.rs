//! Tokens and sign-in.

use super::{plain, with_body};
use edge::openapi::{Operation, json_of};

const TOKENS: &str = "Access tokens";
const SIGN_IN: &str = "Sign-in";

#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    with_body(TOKENS, "create token", &[json_of("NewToken")], 201, "Token"),
    plain(TOKENS, "list tokens", 200, "[Token]"),
    plain(TOKENS, "get token", 200, "Token"),
    with_body(TOKENS, "update token", &[json_of("NewToken")], 200, "Token"),
    plain(TOKENS, "delete token", 200, "Nothing"),
    with_body(TOKENS, "refresh token", &[json_of(r#"{"type": "object", "required": ["expiredTime"], "properties": {"expiredTime": "$text"}}"#)], 200, r#"{"type": "object", "required": ["id", "expiredTime", "token"], "properties": {"id": "$text", "expiredTime": "$text", "token": "$text"}}"#),
    with_body(SIGN_IN, "sign in", &[json_of(r#"{"type": "object", "required": ["email", "password"], "properties": {"email": "$text", "password": "$text"}}"#)], 200, "Account"),
    plain(SIGN_IN, "sign out", 200, "Nothing"),
    plain(SIGN_IN, "who am I", 200, "Account"),
    plain(SIGN_IN, "token's user", 200, "Person"),
];
