//! What a vantage is now. One that is *planned* has of its network and identities what clients have made of them.
//!
//! A machine or an app is not made by the requests that the mock answers, so a world that begins empty says beforehand
//! where one will stand. It must not be there before its time: without its network it is on the Internet, an identity
//! that does not exist gives no token, and an app has only what its site has.

use std::borrow::Cow;

use serde_json::Value;

use super::{State, lower};
use crate::ids::ResourceId;
use crate::services::functions::SITES;
use crate::world::Vantage;

impl State {
    /// A vantage as it is now.
    pub fn vantage(&self, name: &str) -> Option<Cow<'_, Vantage>> {
        let vantage = self.vantages.get(name)?;
        if !vantage.planned {
            return Some(Cow::Borrowed(vantage));
        }
        let mut now = vantage.clone();
        let network = now.network.take_if(|it| !self.has_network(name, it));
        if network.is_some() {
            now.address = None;
        }
        now.identities.retain(|it| self.has_identity(name, it));
        Some(Cow::Owned(now))
    }

    fn has_network(&self, vantage: &str, network: &str) -> bool {
        let joined = |site: &super::Resource| {
            let subnet = site.property("/virtualNetworkSubnetId");
            let subnet = subnet.and_then(Value::as_str).unwrap_or_default();
            ResourceId::parse(subnet).is_ok_and(|subnet| {
                let own = subnet.parent();
                own.is_some_and(|own| own.eq_ignore_ascii_case(network))
            })
        };
        self.resource(network).is_some() && self.sites_at(vantage, joined)
    }

    fn has_identity(&self, vantage: &str, identity: &str) -> bool {
        let attached = |site: &super::Resource| {
            let attached = site.body.get("identity");
            let attached = attached.and_then(|it| it.get("userAssignedIdentities")?.as_object());
            let mut ids = attached.into_iter().flatten().map(|(id, _)| id);
            ids.any(|id| id.eq_ignore_ascii_case(identity))
        };
        self.resource(identity).is_some() && self.sites_at(vantage, attached)
    }

    /// Does it hold for the sites of every app that runs there? For a machine there is none.
    fn sites_at(&self, vantage: &str, holds: impl Fn(&super::Resource) -> bool) -> bool {
        let apps = self
            .functions
            .iter()
            .filter(|(_, it)| it.vantage == vantage);
        let mut sites = apps.map(|(site, _)| self.resource_named(SITES, &lower(site)));
        sites.all(|site| site.is_some_and(&holds))
    }
}
