//! The words of roles (facts A2).

use model::Role;

/// The word of a role.
pub fn word(role: Role) -> &'static str {
    match role {
        Role::Owner => "owner",
        Role::Manage => "creator",
        Role::Edit => "editor",
        Role::Comment => "commenter",
        Role::Read => "viewer",
        Role::None => "none",
    }
}
