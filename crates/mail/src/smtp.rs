//! The way over SMTP: under TLS, except to this machine itself.

use lettre::Tokio1Executor;
use lettre::transport::smtp::{AsyncSmtpTransport, Error};
use std::net::IpAddr;
use std::time::Duration;

/// How long a server may take to answer a command.
const PATIENCE: Duration = Duration::from_secs(30);

/// The connection to the server of a URL. To another machine STARTTLS is demanded unless the URL chooses for itself
/// (`?tls=...`, or `smtps://`): else a password would go over the line as it is.
pub fn transport(url: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, String> {
    let (scheme, rest) =
        url.split_once("://").ok_or("smtp_url must be such as smtp://user:password@mail.example.com:587")?;
    let chooses = scheme != "smtp" || rest.contains("tls=");
    let url = match chooses || is_this_machine(rest) {
        true => url.to_owned(),
        false => format!("{url}{}tls=required", if rest.contains('?') { '&' } else { '?' }),
    };
    let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(&url)
        .map_err(|_| "smtp_url must be such as smtp://user:password@mail.example.com:587")?;
    Ok(builder.timeout(Some(PATIENCE)).build())
}

/// What may be logged of an error: never what the server says, which may repeat addresses.
pub fn said(error: &Error) -> String {
    match error.status() {
        Some(code) => format!("the mail server answers {code}"),
        None if error.is_timeout() => "the mail server does not answer in time".to_owned(),
        None if error.is_tls() => "there is no TLS with the mail server".to_owned(),
        None if error.is_client() => "the message does not fit the mail server".to_owned(),
        None => "the mail server cannot be reached".to_owned(),
    }
}

/// Whether what follows the scheme names this machine.
fn is_this_machine(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit('@').next().unwrap_or_default();
    let host = match place.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        for here in ["localhost", "a:b@localhost:25", "127.0.0.1:2525", "[::1]:25/x"] {
            assert!(is_this_machine(here), "{here}");
        }
        for there in ["mail.example.com", "localhost@mail.example.com", "10.0.0.1", "localhost.example.com:25", ""] {
            assert!(!is_this_machine(there), "{there}");
        }
    }

    #[test]
    fn a_wrong_url_is_refused_and_not_repeated() {
        for wrong in ["", "mail.example.com", "http://u:hunter2@x", "smtp://u:hunter2@"] {
            let refused = transport(wrong).map(drop).expect_err("refused");
            assert!(!refused.contains("hunter2"), "{refused}");
        }
    }
}
