//! What letters say, in plain text.

use engine::ports::mailer::Says;

/// A letter in words.
pub struct Words {
    pub subject: &'static str,
    pub text: String,
}

/// Longest name that is repeated in a letter, in characters.
const LONGEST_NAME: usize = 80;

/// The words. A code stands behind the `#` of a link: browsers neither send it to a server nor tell it to other pages.
pub fn of(says: &Says, public_url: Option<&str>) -> Words {
    match says {
        Says::Reset { code, minutes } => {
            let how = how(public_url, "reset-password", &code.0, "POST /api/auth/reset-password");
            let text = format!(
                "Somebody asked to set a new password for your account.\n\n{how}\n\nThe code is good for {minutes} \
                 minutes and for one use. If it was not you who asked, nothing needs to be done.\n"
            );
            Words { subject: "Set a new password", text }
        }
        Says::Invitation { code, place, by, days } => {
            let how = how(public_url, "invitation", &code.0, "POST /api/invitation/link/accept");
            let (by, place) = (line(by), line(place));
            let text = format!(
                "{by} invites you to \"{place}\".\n\n{how}\n\nThe code is good for {days} days and for one use. Give it \
                 to nobody: whoever has it can use it.\n"
            );
            Words { subject: "You are invited", text }
        }
    }
}

fn how(public_url: Option<&str>, page: &str, code: &str, call: &str) -> String {
    match public_url {
        Some(url) => format!("Open {url}/app/{page}#{code}\n\nor use this code:\n\n    {code}"),
        // The address by which a request came is the asker's choice, so no link is made of it.
        None => format!("Use this code with {call}:\n\n    {code}"),
    }
}

/// A name as part of a line.
fn line(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_NAME).collect()
}
