//! The words of roles (facts A2).

use model::{Error, Path, Result, Role, Rule};

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

/// The role of a word in a body; `none` is no role to give.
pub fn read(given: &str) -> Result<Role> {
    let roles = [Role::Owner, Role::Manage, Role::Edit, Role::Comment, Role::Read];
    let found = roles.into_iter().find(|role| word(*role) == given);
    found.ok_or_else(|| {
        let words = roles.iter().map(|role| word(*role).to_owned()).collect();
        Error::invalid_given(Path::of("role"), Rule::Enum(words), given)
    })
}
