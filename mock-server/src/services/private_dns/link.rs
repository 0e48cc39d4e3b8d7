//! To which network is a zone linked, and does the link work yet?
//!
//! A link is `Completed` unless the world says otherwise with `virtualNetworkLinkState: InProgress` in its properties, or
//! it is still being created; one whose `provisioningState` is `Failed` does not work. A link that is changed or deleted
//! works until that is done.

use serde_json::Value;

use crate::store::Resource;

/// A virtual network link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its id, as written.
    pub id: String,
    /// Id of the network, as written.
    pub network: String,
    /// `virtualNetworkLinkState`.
    pub state: String,
    /// Was it made, as far as `provisioningState` says?
    pub provisioned: bool,
    /// `registrationEnabled`.
    pub registration: bool,
    /// `resolutionPolicy: NxDomainRedirect`: names that the zone does not hold are asked of the public DNS.
    pub redirects: bool,
}

impl Link {
    /// Reads a link.
    pub fn of(resource: &Resource) -> Self {
        let text = |pointer: &str| resource.property(pointer).and_then(Value::as_str);
        let provisioning = text("/provisioningState");
        let is = |state: &str| provisioning.is_some_and(|it| it.eq_ignore_ascii_case(state));
        Self {
            id: resource.id.clone(),
            network: text("/virtualNetwork/id").unwrap_or_default().to_owned(),
            state: text("/virtualNetworkLinkState")
                .unwrap_or(if is("Creating") {
                    "InProgress"
                } else {
                    "Completed"
                })
                .to_owned(),
            provisioned: provisioning.is_none()
                || ["Succeeded", "Updating", "Deleting"].into_iter().any(is),
            registration: resource
                .property("/registrationEnabled")
                .and_then(Value::as_bool)
                .unwrap_or(false),
            redirects: text("/resolutionPolicy")
                .is_some_and(|policy| policy.eq_ignore_ascii_case("NxDomainRedirect")),
        }
    }

    /// Do questions from its network see the zone?
    pub fn works(&self) -> bool {
        self.provisioned && self.state.eq_ignore_ascii_case("Completed")
    }
}
