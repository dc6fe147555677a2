//! Hosts that may be asked although they are not public, a list for each purpose.

use engine::ports::outbound::Purpose;
use reqwest::Url;
use std::str::FromStr;

/// Hosts by their name in a URL and their port. What the name resolves to is not looked at.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hosts(Vec<(String, Ports)>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Ports {
    /// 80 and 443.
    Usual,
    One(u16),
}

/// What is allowed for which purpose.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Allowed {
    /// For fetching files.
    pub fetch: Hosts,
    /// For webhooks.
    pub webhook: Hosts,
}

impl Allowed {
    /// Whether the host and port may be asked for this purpose whatever their address.
    pub(crate) fn has(&self, purpose: Purpose, host: &str, port: u16) -> bool {
        let hosts = match purpose {
            Purpose::File => &self.fetch,
            Purpose::Webhook => &self.webhook,
        };
        hosts.0.iter().any(|(known, ports)| {
            known == host
                && match ports {
                    Ports::Usual => port == 80 || port == 443,
                    Ports::One(one) => *one == port,
                }
        })
    }
}

impl FromStr for Hosts {
    type Err = String;

    /// `HOST[:PORT],...`, as in `127.0.0.1:9999,files.internal`. Without a port, 80 and 443 are meant.
    fn from_str(text: &str) -> Result<Hosts, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        entries.map(read).collect::<Result<_, _>>().map(Hosts)
    }
}

/// An entry in the spelling that URLs have after parsing, so that comparing is exact.
fn read(entry: &str) -> Result<(String, Ports), String> {
    let wrong = || format!("{entry} is no host, such as files.internal:8080");
    if entry.contains(['/', '?', '#', '@', '\\']) {
        return Err(wrong());
    }
    let parsed = |scheme: &str| Url::parse(&format!("{scheme}://{entry}/")).ok();
    // A port that is the usual one of its scheme is dropped by the parser: the other scheme keeps it.
    let (plain, secure) = parsed("http").zip(parsed("https")).ok_or_else(wrong)?;
    let host = plain.host_str().ok_or_else(wrong)?.to_owned();
    let ports = plain.port().or(secure.port()).map_or(Ports::Usual, Ports::One);
    Ok((host, ports))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(text: &str) -> Allowed {
        Allowed { webhook: text.parse().expect("hosts"), ..Allowed::default() }
    }

    #[test]
    fn a_host_is_allowed_for_its_purpose_and_port_only() {
        let list = allowed("127.0.0.1:9999, Files.Internal, [::1]:81,a.example:80");
        let has = |host: &str, port| list.has(Purpose::Webhook, host, port);
        assert!(has("127.0.0.1", 9999) && !has("127.0.0.1", 80) && !has("127.0.0.2", 9999));
        assert!(has("files.internal", 80) && has("files.internal", 443) && !has("files.internal", 8080));
        assert!(has("[::1]", 81) && has("a.example", 80) && !has("a.example", 443));
        assert!(!list.has(Purpose::File, "127.0.0.1", 9999));
    }

    #[test]
    fn what_is_no_host_is_refused_by_its_text() {
        for wrong in ["http://a", "a/b", "a b", "u@a", "a:99999", ":80", "[::1"] {
            let said = wrong.parse::<Hosts>().expect_err("refused");
            assert!(said.starts_with(wrong), "{said}");
        }
        assert_eq!("".parse::<Hosts>(), Ok(Hosts::default()));
    }
}
