//! Which client a request is from. A proxy's word is believed only if the configuration names the proxy.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

use super::elements::{elements, pieces, text};

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address: the last one in the chain of proxies that is not itself a trusted proxy.
///
/// If both `Forwarded` (RFC 7239) and `X-Forwarded-For` came and do not agree, one of them was written by the client
/// and passed on unread; then the proxy's own address counts.
pub fn address(headers: &HeaderMap, peer: IpAddr, trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let peer = peer.to_canonical();
    if !trusted(peer) {
        return peer;
    }
    let forwarded = forwarded(headers).map(|chain| furthest(&chain, peer, &trusted));
    let x_forwarded_for = x_forwarded_for(headers).map(|chain| furthest(&chain, peer, &trusted));
    match (forwarded, x_forwarded_for) {
        (Some(one), Some(other)) if one != other => peer,
        (one, other) => one.or(other).unwrap_or(peer),
    }
}

/// Walks back from the proxy nearest to us as long as proxies are trusted; what cannot be read ends the walk.
fn furthest(chain: &[Option<IpAddr>], peer: IpAddr, trusted: impl Fn(IpAddr) -> bool) -> IpAddr {
    let mut nearest = peer;
    for address in chain.iter().rev() {
        let Some(address) = address else { return nearest };
        nearest = *address;
        if !trusted(nearest) {
            return nearest;
        }
    }
    nearest
}

fn x_forwarded_for(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let elements = elements(headers, X_FORWARDED_FOR, b',').filter(|element| *element != Some(""));
    chain(elements.map(|element| node(element?)))
}

fn forwarded(headers: &HeaderMap) -> Option<Vec<Option<IpAddr>>> {
    let elements = pieces(headers, header::FORWARDED, b',').filter(|element| !element.is_empty());
    chain(elements.map(|element| {
        let pairs = element.split(|byte| *byte == b';').filter_map(text).filter_map(|pair| pair.split_once('='));
        let mut nodes = pairs.filter(|(name, _)| name.eq_ignore_ascii_case("for"));
        node(nodes.next()?.1.trim_matches('"'))
    }))
}

/// `None` when the header did not come at all. Empty elements are none (RFC 9110 section 5.6.1.2).
fn chain(read: impl Iterator<Item = Option<IpAddr>>) -> Option<Vec<Option<IpAddr>>> {
    let chain: Vec<_> = read.collect();
    (!chain.is_empty()).then_some(chain)
}

/// An address as proxies write it: with or without a port, IPv6 with or without brackets.
fn node(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    let address = bare.or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    const PROXY: &str = "10.0.0.1";

    fn client(peer: &str, lines: &[(HeaderName, &'static str)]) -> String {
        let lines = lines.iter().map(|(name, line)| (name.clone(), HeaderValue::from_static(line)));
        let trusted = |address: IpAddr| matches!(address, IpAddr::V4(address) if address.octets()[0] == 10);
        address(&lines.collect(), peer.parse().unwrap(), trusted).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(client("192.0.2.9", &[(X_FORWARDED_FOR, "198.51.100.1")]), "192.0.2.9");
    }

    #[test]
    fn the_last_untrusted_address_counts() {
        assert_eq!(client(PROXY, &[(X_FORWARDED_FOR, "203.0.113.5, 198.51.100.1")]), "198.51.100.1");
        assert_eq!(client(PROXY, &[(X_FORWARDED_FOR, "203.0.113.5, 198.51.100.1, 10.0.0.7")]), "198.51.100.1");
        assert_eq!(client(PROXY, &[(X_FORWARDED_FOR, "203.0.113.5, nonsense, 10.0.0.7")]), "10.0.0.7");
        assert_eq!(client(PROXY, &[]), PROXY);
    }

    /// Whatever a client puts in front, the address that the proxy adds is read.
    #[test]
    fn what_is_no_text_spoils_itself_alone() {
        let trusted = |address: IpAddr| address == PROXY.parse::<IpAddr>().unwrap();
        for (name, line) in [
            (X_FORWARDED_FOR, b"s\xf8g, 198.51.100.1".as_slice()),
            (header::FORWARDED, b"for=\"\xf8\", for=198.51.100.1;host=\"\xf8\""),
            (header::FORWARDED, b"for=\"a, for=198.51.100.1"),
        ] {
            let headers = HeaderMap::from_iter([(name, HeaderValue::from_bytes(line).unwrap())]);
            assert_eq!(address(&headers, PROXY.parse().unwrap(), trusted).to_string(), "198.51.100.1");
        }
    }

    #[test]
    fn both_headers_are_read_in_all_their_spellings() {
        assert_eq!(client(PROXY, &[(header::FORWARDED, "for=\"[2001:db8::1]:4711\";proto=https")]), "2001:db8::1");
        assert_eq!(client(PROXY, &[(header::FORWARDED, "proto=https; For=198.51.100.1")]), "198.51.100.1");
        assert_eq!(client(PROXY, &[(X_FORWARDED_FOR, "198.51.100.1:80")]), "198.51.100.1");
    }

    #[test]
    fn a_header_that_the_proxy_passed_on_unread_is_not_believed() {
        let both = [(header::FORWARDED, "for=203.0.113.66"), (X_FORWARDED_FOR, "198.51.100.1")];
        assert_eq!(client(PROXY, &both), PROXY);
    }
}
