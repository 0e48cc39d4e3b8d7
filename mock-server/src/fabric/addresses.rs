//! Which world address belongs to what?
//!
//! Front doors of public services and egress addresses are documentation addresses (RFC 5737), so a mock that leaks
//! through some mistake can never meet a real machine.

use std::net::Ipv4Addr;

use crate::services::registry;
use crate::store::State;

/// IMDS (IDENTITY.md §1a).
pub const IMDS: Ipv4Addr = Ipv4Addr::new(169, 254, 169, 254);
/// Managed identity of App Service; its port is [`APP_SERVICE_PORT`].
pub const APP_SERVICE: Ipv4Addr = Ipv4Addr::new(169, 254, 129, 5);
/// Port of App Service's managed identity.
pub const APP_SERVICE_PORT: u16 = 8081;
/// Azure's own DNS, the same in every network.
pub const AZURE_DNS: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

/// Public services: exact host names, or suffixes with a leading dot, and the address of their front door.
const FRONT_DOORS: &[(&str, Ipv4Addr)] = &[
    ("login.microsoftonline.com", front_door_number(10)),
    ("login.windows.net", front_door_number(10)),
    ("login.microsoft.com", front_door_number(10)),
    ("sts.windows.net", front_door_number(10)),
    ("management.azure.com", front_door_number(20)),
    ("graph.microsoft.com", front_door_number(30)),
    (".vault.azure.net", front_door_number(40)),
    (".blob.core.windows.net", front_door_number(50)),
    (".azurewebsites.net", front_door_number(60)),
    (".azurecr.io", front_door_number(70)),
];

const fn front_door_number(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(203, 0, 113, number)
}

/// The public address of a host; nothing for a host that no service of the mock has.
pub fn front_door(host: &str) -> Option<Ipv4Addr> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let serves = |name: &str| match name.strip_prefix('.') {
        Some(_) => host.len() > name.len() && host.ends_with(name),
        None => host == name,
    };
    FRONT_DOORS
        .iter()
        .find(|(name, _)| serves(name))
        .map(|(_, address)| *address)
}

/// Is this the address of a front door?
pub fn is_front_door(address: Ipv4Addr) -> bool {
    FRONT_DOORS.iter().any(|(_, door)| *door == address)
}

/// Host names of the mock, `*.` for a suffix: each has a certificate. A wildcard stands for one label, so the data
/// endpoints of registries have one for each region that the world's registries are in at the beginning.
pub fn certificate_names(state: &State) -> Vec<String> {
    let data = registry::hosts::regions(state)
        .into_iter()
        .map(|region| format!("*.{region}.data.azurecr.io"));
    let scm = "*.scm.azurewebsites.net".to_owned();
    FRONT_DOORS
        .iter()
        .map(|(name, _)| {
            if name.starts_with('.') {
                format!("*{name}")
            } else {
                (*name).to_owned()
            }
        })
        .chain(data)
        .chain([scm])
        .collect()
}

/// The address by which public services see a vantage. The loader refuses worlds with more vantages than addresses.
pub fn egress(state: &State, vantage: &str) -> Ipv4Addr {
    let position = state
        .vantages
        .keys()
        .position(|name| name == vantage)
        .unwrap_or_default();
    Ipv4Addr::new(198, 51, 100, u8::try_from(position + 1).unwrap_or(u8::MAX))
}
