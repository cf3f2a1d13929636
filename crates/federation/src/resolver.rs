//! Names become addresses here, and only those that may be dialled.
//!
//! `reqwest` connects to exactly the addresses that this resolver returns, so there is no moment
//! between check and use. Two checks, one after the other: the library's, and ours, which is
//! stricter and has no environment variable that turns it off.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use activitypub_federation::resolver::ValidatingDnsResolver;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::address::{Policy, is_localhost};

/// The name leads to an address that may not be dialled, or to none.
#[derive(Debug, thiserror::Error)]
#[error("{0} has no public address")]
struct NotPublic(String);

/// The resolver of the one HTTP client.
pub struct Resolver {
    policy: Policy,
    validating: Box<dyn Resolve>,
}

impl Resolver {
    /// A resolver under a policy.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let validating = ValidatingDnsResolver::new(Vec::new(), policy == Policy::Public);
        Self {
            policy,
            validating: Box::new(validating),
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let policy = self.policy;
        let host = name.as_str().to_owned();
        if is_localhost(&host) {
            return Box::pin(async move { localhost(policy, host) });
        }
        let answer = self.validating.resolve(name);
        Box::pin(async move {
            let found: Vec<SocketAddr> = answer.await?.collect();
            if found.is_empty() || found.iter().any(|address| !policy.allows(address.ip())) {
                return Err(NotPublic(host).into());
            }
            Ok(addresses(found))
        })
    }
}

/// `*.localhost` is this machine in development, as browsers and curl have it, and nothing otherwise.
fn localhost(
    policy: Policy,
    host: String,
) -> Result<Addrs, Box<dyn std::error::Error + Send + Sync>> {
    match policy {
        Policy::Loopback => Ok(addresses(vec![SocketAddr::new(
            IpAddr::V4(Ipv4Addr::LOCALHOST),
            0,
        )])),
        Policy::Public => Err(NotPublic(host).into()),
    }
}

fn addresses(found: Vec<SocketAddr>) -> Addrs {
    Box::new(found.into_iter())
}

#[cfg(test)]
mod tests {
    use std::str::FromStr as _;

    use super::*;

    async fn resolve(policy: Policy, name: &str) -> Option<Vec<SocketAddr>> {
        let name = Name::from_str(name).unwrap();
        Some(Resolver::new(policy).resolve(name).await.ok()?.collect())
    }

    #[tokio::test]
    async fn localhost_names_are_this_machine_in_development_only() {
        let here = resolve(Policy::Loopback, "san-salvador.localhost")
            .await
            .unwrap();
        assert_eq!(here, ["127.0.0.1:0".parse::<SocketAddr>().unwrap()]);
        assert_eq!(
            resolve(Policy::Public, "san-salvador.localhost").await,
            None
        );
        assert_eq!(resolve(Policy::Public, "localhost").await, None);
    }

    /// A zone that answers differently each time.
    struct Rebinding(std::sync::Mutex<Vec<Vec<&'static str>>>);

    impl Resolve for Rebinding {
        fn resolve(&self, _name: Name) -> Resolving {
            let answer = self.0.lock().unwrap().remove(0);
            let answer: Vec<SocketAddr> = answer
                .into_iter()
                .map(|ip| SocketAddr::new(ip.parse().unwrap(), 0))
                .collect();
            Box::pin(async move { Ok(addresses(answer)) })
        }
    }

    #[tokio::test]
    async fn a_name_that_is_rebound_is_looked_at_each_time() {
        let answers = vec![
            (vec!["1.1.1.1"], true),
            (vec!["127.0.0.1"], false),
            (vec!["1.1.1.1", "10.0.0.1"], false),
            (vec!["::ffff:127.0.0.1"], false),
            (vec!["2606:4700::1111", "fe80::1"], false),
            (vec![], false),
            (vec!["1.1.1.1"], true),
        ];
        let zone = answers.iter().map(|(zone, _)| zone.clone()).collect();
        let resolver = Resolver {
            policy: Policy::Public,
            validating: Box::new(Rebinding(std::sync::Mutex::new(zone))),
        };
        for (zone, is_dialled) in answers {
            let name = Name::from_str("ciudad.example").unwrap();
            assert_eq!(resolver.resolve(name).await.is_ok(), is_dialled, "{zone:?}");
        }
    }

    #[tokio::test]
    async fn names_that_answer_with_inside_addresses_are_refused() {
        // Numeric names stand for a zone that answers with such an address: no DNS is asked.
        for name in ["127.0.0.1", "10.1.2.3", "169.254.169.254", "198.18.0.1"] {
            assert_eq!(resolve(Policy::Public, name).await, None, "{name}");
        }
        assert_eq!(resolve(Policy::Loopback, "10.1.2.3").await, None);
        assert!(resolve(Policy::Public, "1.1.1.1").await.is_some());
    }
}
