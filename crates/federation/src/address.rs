//! Which addresses this server may dial.
//!
//! Start at [`Policy`]. An outside server chooses the names and addresses that we fetch from, so a
//! URL is checked before it is used ([`Policy::check_url`]) and every address again at the moment of
//! dialling ([`crate::resolver`]): a name may answer differently the second time.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

/// What may be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// `https` and global unicast addresses only.
    Public,
    /// For development and tests: `http` too, and loopback. Never private networks.
    Loopback,
}

/// Why a URL is not fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefused {
    /// Not `https` (in development: not `http` either).
    #[error("only https addresses are fetched")]
    Scheme,
    /// Contains a user name or password.
    #[error("addresses with credentials are not fetched")]
    Credentials,
    /// Has no host.
    #[error("the address has no host")]
    NoHost,
    /// The host is a literal address that is not global unicast, or a name of this machine.
    #[error("the address is not a public one")]
    NotPublic,
}

impl Policy {
    /// The policy of an instance in or out of development.
    #[must_use]
    pub const fn of_mode(development: bool) -> Self {
        if development {
            Self::Loopback
        } else {
            Self::Public
        }
    }

    /// Whether an address may be dialled.
    #[must_use]
    pub fn allows(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        is_global_unicast(ip) || (self == Self::Loopback && ip.is_loopback())
    }

    /// Checks what can be seen in the URL itself. Names are checked when they are resolved.
    ///
    /// # Errors
    /// [`UrlRefused`], the first reason found.
    pub fn check_url(self, url: &Url) -> Result<(), UrlRefused> {
        match (url.scheme(), self) {
            ("https", _) | ("http", Self::Loopback) => {}
            (_, _) => return Err(UrlRefused::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRefused::Credentials);
        }
        let allowed = match url.host().ok_or(UrlRefused::NoHost)? {
            Host::Ipv4(ip) => self.allows(ip.into()),
            Host::Ipv6(ip) => self.allows(ip.into()),
            Host::Domain("") => return Err(UrlRefused::NoHost),
            Host::Domain(name) => self == Self::Loopback || !is_localhost(name),
        };
        if allowed {
            Ok(())
        } else {
            Err(UrlRefused::NotPublic)
        }
    }
}

/// Whether a name is `localhost` or ends in `.localhost` (RFC 6761 §6.3: always this machine).
#[must_use]
pub fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether an address is global unicast (IANA special-purpose registries, October 2026). What is
/// not known to be global is not.
#[must_use]
pub fn is_global_unicast(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => v4_is_global(ip),
        IpAddr::V6(ip) => v6_is_global(ip),
    }
}

fn v4_is_global(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let is_special = match (a, b, c) {
        (0 | 10 | 127 | 224..=255, _, _)
        | (100, 64..=127, _)
        | (169, 254, _)
        | (172, 16..=31, _)
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        | (192, 168, _)
        | (198, 18 | 19, _)
        | (198, 51, 100)
        | (203, 0, 113) => true,
        (_, _, _) => false,
    };
    !is_special
}

fn v6_is_global(ip: Ipv6Addr) -> bool {
    match ip.segments() {
        // NAT64: the IPv4 address inside is what is reached.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            v4_is_global(Ipv4Addr::new(a, b, c, d))
        }
        // Protocol assignments (Teredo and others), documentation, 6to4, documentation again.
        [0x2001, 0..=0x01ff | 0x0db8, ..] | [0x2002, ..] | [0x3fff, 0..=0x0fff, ..] => false,
        [0x2000..=0x3fff, ..] => true,
        [..] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_global() {
        for text in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.9.9.9",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "::7f00:1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_global_unicast(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn ordinary_addresses_are_global() {
        for text in [
            "1.1.1.1",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "192.0.1.1",
            "198.20.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "64:ff9b::101:101",
            "::ffff:1.1.1.1",
        ] {
            assert!(is_global_unicast(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn urls_that_lead_inside_are_refused() {
        for (text, why) in [
            ("http://ciudad.example/", UrlRefused::Scheme),
            ("ftp://ciudad.example/", UrlRefused::Scheme),
            ("file:///etc/passwd", UrlRefused::Scheme),
            ("https://a:b@ciudad.example/", UrlRefused::Credentials),
            ("https://a@ciudad.example/", UrlRefused::Credentials),
            ("https://127.0.0.1/", UrlRefused::NotPublic),
            ("https://0x7f.1/", UrlRefused::NotPublic),
            ("https://2130706433/", UrlRefused::NotPublic),
            ("https://[::1]:8443/", UrlRefused::NotPublic),
            ("https://[::ffff:192.168.0.1]/", UrlRefused::NotPublic),
            ("https://localhost/", UrlRefused::NotPublic),
            ("https://a.LOCALHOST./", UrlRefused::NotPublic),
        ] {
            assert_eq!(
                Policy::Public.check_url(&Url::parse(text).unwrap()),
                Err(why),
                "{text}"
            );
        }
        let public = Url::parse("https://ciudad.example:8443/t/agua").unwrap();
        assert_eq!(Policy::Public.check_url(&public), Ok(()));
    }

    #[test]
    fn development_reaches_this_machine_but_no_private_network() {
        let check = |text: &str| Policy::Loopback.check_url(&Url::parse(text).unwrap());
        assert_eq!(check("http://san-salvador.localhost:8103/"), Ok(()));
        assert_eq!(check("http://127.0.0.1:8103/"), Ok(()));
        assert_eq!(check("http://192.168.0.1/"), Err(UrlRefused::NotPublic));
        assert_eq!(
            check("http://169.254.169.254/latest"),
            Err(UrlRefused::NotPublic)
        );
        assert_eq!(check("gopher://localhost/"), Err(UrlRefused::Scheme));
    }
}
