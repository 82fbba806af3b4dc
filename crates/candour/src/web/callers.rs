//! How many connections each address has, in memory and for as long as it has one: nothing of it is written down.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};

/// Who is connected. Has no `Debug`: addresses are people's.
#[derive(Clone)]
pub(super) struct Callers {
    each: usize,
    count: Arc<Mutex<BTreeMap<IpAddr, usize>>>,
}

/// A place among the connections of an address; given back when it goes.
pub(super) struct Caller {
    callers: Callers,
    who: IpAddr,
}

impl Callers {
    /// Nobody yet, and at most so many of one address.
    pub(super) fn new(each: usize) -> Self {
        Self { each, count: Arc::default() }
    }

    /// A place for a connection from an address; `None` where it has too many. This machine always has one.
    pub(super) fn enter(&self, address: IpAddr) -> Option<Caller> {
        let who = household(address);
        self.with(|count| {
            let count = count.entry(who).or_default();
            let enters = *count < self.each || who.is_loopback();
            *count += usize::from(enters);
            enters.then(|| Caller { callers: self.clone(), who })
        })
    }

    fn with<T>(&self, change: impl FnOnce(&mut BTreeMap<IpAddr, usize>) -> T) -> T {
        // A count has no half-changed state, so a panic elsewhere does not spoil it.
        change(&mut self.count.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Caller {
    fn drop(&mut self) {
        self.callers.with(|count| {
            let left = count.get(&self.who).map_or(0, |count| count.saturating_sub(1));
            if left == 0 {
                count.remove(&self.who)
            } else {
                count.insert(self.who, left)
            };
        });
    }
}

/// What one subscriber has: an address of version 4, also in the clothes of version 6 (RFC 4291 section 2.5.5.2), or a
/// network of 64 bits.
fn household(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) if !six.is_loopback() => {
            let [a, b, c, d, ..] = six.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let callers = Callers::new(2);
        let first = callers.enter(address("192.0.2.1"));
        let second = callers.enter(address("::ffff:192.0.2.1"));
        assert!(first.is_some() && second.is_some());
        assert!(callers.enter(address("192.0.2.1")).is_none());
        assert!(callers.enter(address("192.0.2.2")).is_some());
        drop(first);
        assert!(callers.enter(address("192.0.2.1")).is_some());
        drop(second);
        assert!(callers.with(|count| count.is_empty()), "an address is remembered after its last connection");
    }

    #[test]
    fn a_network_of_64_bits_is_one_subscriber() {
        let callers = Callers::new(1);
        let one = callers.enter(address("2001:db8:0:1::1"));
        assert!(one.is_some() && callers.enter(address("2001:db8:0:1:ffff::2")).is_none());
        assert!(callers.enter(address("2001:db8:0:2::1")).is_some());
    }

    #[test]
    fn a_proxy_on_this_machine_speaks_for_all() {
        let callers = Callers::new(1);
        for here in ["127.0.0.1", "::1"] {
            let all: Vec<_> = (0..5).map(|_| callers.enter(address(here))).collect();
            assert!(all.iter().all(Option::is_some), "{here}");
        }
    }
}
