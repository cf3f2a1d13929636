//! Where a request comes from.
//!
//! What must stay true: a forwarded address is believed only from a proxy that the configuration names,
//! and only as far back as the first address that is not one of them: what stands before it, the
//! stranger wrote.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use actix_web::HttpRequest;

/// The address of whoever asks: the peer, or what trusted proxies say is behind them.
pub(crate) fn address(request: &HttpRequest, trusted: &[IpAddr]) -> IpAddr {
    let nobody = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let peer = request
        .peer_addr()
        .map_or(nobody, |peer| peer.ip().to_canonical());
    if !trusted.contains(&peer) {
        return peer;
    }
    let said: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .map(|value| value.to_str().unwrap_or_default())
        .flat_map(|value| value.split(','))
        .collect();
    let read = |item: &&str| item.trim().parse().ok().map(|ip: IpAddr| ip.to_canonical());
    // An entry that is no address ends the chain: what stands before it was not written by a proxy.
    let mut chain = said.iter().rev().map_while(read);
    chain.find(|ip| !trusted.contains(ip)).unwrap_or(peer)
}

/// By what an address is counted: a household or server has a whole /64 of IPv6.
pub(crate) fn bucket(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(ip) => IpAddr::V6(Ipv6Addr::from_bits(ip.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let mut request = TestRequest::post().peer_addr(format!("{peer}:1").parse().unwrap());
        for value in forwarded {
            request = request.append_header(("x-forwarded-for", *value));
        }
        let trusted = ["127.0.0.1", "10.0.0.7"].map(|ip| ip.parse().unwrap());
        address(&request.to_http_request(), &trusted).to_string()
    }

    #[test]
    fn a_trusted_proxy_says_who_asks_and_others_do_not() {
        assert_eq!(seen("127.0.0.1", &["198.51.100.7"]), "198.51.100.7");
        assert_eq!(
            seen("[::ffff:127.0.0.1]", &["198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(seen("203.0.113.9", &["198.51.100.7"]), "203.0.113.9");
        assert_eq!(seen("127.0.0.1", &[]), "127.0.0.1");
        assert_eq!(seen("127.0.0.1", &["unknown"]), "127.0.0.1");
    }

    #[test]
    fn what_the_stranger_wrote_in_front_is_not_believed() {
        let chain = "1.1.1.1, 198.51.100.7, 10.0.0.7";
        assert_eq!(seen("127.0.0.1", &[chain]), "198.51.100.7");
        assert_eq!(
            seen("127.0.0.1", &["1.1.1.1", "198.51.100.7"]),
            "198.51.100.7"
        );
        assert_eq!(
            seen("127.0.0.1", &["1.1.1.1, nonsense, 10.0.0.7"]),
            "127.0.0.1"
        );
    }

    #[test]
    fn ipv6_is_counted_by_network() {
        let of = |text: &str| bucket(text.parse().unwrap()).to_string();
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(of("198.51.100.7"), "198.51.100.7");
    }
}
