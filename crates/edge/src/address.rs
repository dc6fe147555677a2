//! Where a request comes from, also through proxies.

use axum::http::{HeaderMap, HeaderName};
use std::net::IpAddr;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
/// Most hops that are followed.
const MOST_HOPS: usize = 20;

/// The address of the client: the peer's, or when that is a proxy we trust, what it says in `X-Forwarded-For`, from the
/// last entry back to the first that no such proxy has. Proxies on this machine are always trusted; a header that
/// anybody else sends counts for nothing.
pub(crate) fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    let trusts = |address: IpAddr| {
        let address = address.to_canonical();
        address.is_loopback() || trusted.iter().any(|known| known.to_canonical() == address)
    };
    if !trusts(peer) {
        return peer;
    }
    let lines = headers.get_all(FORWARDED_FOR).iter().rev().filter_map(|line| line.to_str().ok());
    let hops = lines.flat_map(|line| line.rsplit(',')).map(str::trim).take(MOST_HOPS);
    let mut client = peer;
    for hop in hops {
        // What is no address was not written by a proxy of ours, nor was anything before it.
        let Ok(address) = hop.parse::<IpAddr>() else { break };
        client = address;
        if !trusts(address) {
            break;
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_that_are_trusted_say_where_a_request_comes_from() {
        let found = |peer: &str, lines: &[&str]| {
            let name = axum::http::HeaderName::from_static("x-forwarded-for");
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(&name, line.parse().expect("a value"));
            }
            let proxies = ["10.0.0.9".parse().expect("an address")];
            client(peer.parse().expect("an address"), &headers, &proxies).to_string()
        };
        assert_eq!(found("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(found("127.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(found("::ffff:127.0.0.1", &["192.0.2.1, 10.0.0.9"]), "192.0.2.1");
        // What a client wrote itself stands before what the proxy adds.
        assert_eq!(found("10.0.0.9", &["198.51.100.7", "203.0.113.1, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(found("192.0.2.1", &["198.51.100.7"]), "192.0.2.1");
        assert_eq!(found("127.0.0.1", &["198.51.100.7, nonsense"]), "127.0.0.1");
    }
}
