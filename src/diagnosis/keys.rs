//! By what two links are about the same thing. All of it lower case, for Azure compares ids so.

use serde_json::Value;

use super::ground::Ground;
use crate::outcome::LinkReport;

/// The same of every link of a chain: where there is only one thing that it can be about.
pub(super) fn everything(_: &LinkReport, _: &Ground) -> Vec<String> {
    vec![String::new()]
}

/// The text of a parameter.
pub(super) fn text<'a>(link: &'a LinkReport, parameter: &str) -> Option<&'a str> {
    link.parameters.get(parameter)?.as_str()
}

/// An id as it is compared.
pub(super) fn folded(id: &str) -> String {
    id.trim_end_matches('/').to_ascii_lowercase()
}

/// The ids that these parameters hold, lists included.
pub(super) fn ids(link: &LinkReport, parameters: &[&str]) -> Vec<String> {
    let values = parameters
        .iter()
        .filter_map(|parameter| link.parameters.get(parameter));
    let texts = values.flat_map(|value| match value {
        Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
        other => other.as_str().into_iter().collect::<Vec<_>>(),
    });
    texts.map(folded).collect()
}

/// The network manager that a link's parameter is, or lies in.
pub(super) fn manager(link: &LinkReport, _: &Ground) -> Vec<String> {
    const HOLDERS: &[&str] = &[
        "network-manager",
        "scope-connection",
        "network-group",
        "configuration",
    ];
    let ids = ids(link, HOLDERS).into_iter();
    let mut managers: Vec<String> = ids
        .filter_map(|id| up_to(&id, "/networkmanagers/"))
        .collect();
    managers.dedup();
    managers
}

/// The connectivity configuration of a link.
pub(super) fn configuration(link: &LinkReport, _: &Ground) -> Vec<String> {
    ids(link, &["configuration"])
}

/// The application of a link: its parameter, or that of the identity that asks.
pub(super) fn application(link: &LinkReport, ground: &Ground) -> Vec<String> {
    let asks_as = || {
        let workload = ground.workload(link.identity.as_ref())?;
        workload.application.as_ref().map(ToString::to_string)
    };
    let own = text(link, "application").map(str::to_owned);
    own.or_else(asks_as)
        .map(|own| folded(&own))
        .into_iter()
        .collect()
}

/// The resource that a link is about, by kind and name: hosts and ids of the same one are equal here.
pub(super) fn resource(link: &LinkReport, _: &Ground) -> Vec<String> {
    const IDS: &[&str] = &["target", "resource", "scope"];
    const HOSTS: &[&str] = &["vault", "account", "name", "registry"];
    let of_ids = ids(link, IDS).into_iter().filter_map(|id| of_id(&id));
    let hosts = HOSTS.iter().filter_map(|parameter| text(link, parameter));
    let of_hosts = hosts.filter_map(of_host);
    let by_name = link.parameters.get("addresses").and_then(Value::as_object);
    let of_names = by_name.into_iter().flat_map(|map| map.keys());
    let of_names = of_names.filter_map(|name| of_host(name));
    let of_facts = link.facts.get("target").and_then(|fact| fact.0.as_str());
    let of_facts = of_facts.and_then(|id| of_id(&folded(id)));
    let mut found: Vec<String> = of_ids
        .chain(of_hosts)
        .chain(of_names)
        .chain(of_facts)
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The private endpoint of a link.
pub(super) fn endpoint(link: &LinkReport, _: &Ground) -> Vec<String> {
    ids(link, &["private-endpoint"])
}

/// The network that a link asks from.
pub(super) fn vantage_network(link: &LinkReport, ground: &Ground) -> Vec<String> {
    let network = ground.network(link.at.as_ref());
    network.map(|id| folded(id)).into_iter().collect()
}

/// The vantage of a link.
pub(super) fn vantage(link: &LinkReport, _: &Ground) -> Vec<String> {
    link.at.iter().cloned().collect()
}

/// The networks that a link is about.
pub(super) fn networks(link: &LinkReport, _: &Ground) -> Vec<String> {
    ids(link, &["virtual-network", "virtual-networks", "members"])
}

/// The network in which a private endpoint was seen to stand.
pub(super) fn endpoint_network(link: &LinkReport, _: &Ground) -> Vec<String> {
    let seen = link
        .seen
        .as_ref()
        .and_then(|seen| seen.pointer("/endpoint/subnet"));
    let subnet = seen.and_then(Value::as_str).map(folded);
    let network = subnet.as_deref().and_then(|id| id.split_once("/subnets/"));
    network
        .map(|(network, _)| network.to_owned())
        .into_iter()
        .collect()
}

/// The managed identity that a link is about or asks as: its resource id and its client id.
pub(super) fn managed_identity(link: &LinkReport, ground: &Ground) -> Vec<String> {
    let workload = ground.workload(link.identity.as_ref());
    let named = workload.and_then(|own| own.managed_identity.as_ref());
    let mut found = ids(link, &["identity", "client-id"]);
    found.extend(named.map(|own| folded(own)));
    found
}

/// An id up to the name behind this part.
fn up_to(id: &str, part: &str) -> Option<String> {
    let from = id.find(part)? + part.len();
    let end = id[from..].find('/').map_or(id.len(), |end| from + end);
    Some(id[..end].to_owned())
}

/// `vaults/kv` of the id of a resource or of something in it.
fn of_id(id: &str) -> Option<String> {
    let path = id.rsplit_once("/providers/").map_or(id, |(_, path)| path);
    let mut segments = path.split('/').skip(1);
    let (kind, name) = (segments.next()?, segments.next()?);
    Some(format!("{kind}/{name}"))
}

/// The same of a host, or of a URL.
fn of_host(host: &str) -> Option<String> {
    let host = host.rsplit("//").next()?.trim_end_matches(['/', '.']);
    let host = host.to_ascii_lowercase();
    let (name, rest) = host.split_once('.')?;
    let kind = match rest.split('.').next()? {
        "vault" => "vaults",
        "blob" | "dfs" | "file" | "queue" | "table" | "web" => "storageaccounts",
        "azurecr" => "registries",
        "azurewebsites" => "sites",
        other => other,
    };
    Some(format!("{kind}/{name}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outcome::Outcome::Fail;
    use crate::outcome::link::sample;

    fn link(parameters: Value) -> LinkReport {
        let mut link = sample("x", Fail);
        link.parameters = parameters;
        link
    }

    #[test]
    fn hosts_names_and_ids_of_one_resource_have_one_key() {
        let ground = Ground::default();
        let vault = "/subscriptions/B/resourceGroups/data/providers/Microsoft.KeyVault/vaults/KV/";
        for parameters in [
            json!({"scope": vault}),
            json!({"scope": format!("{vault}secrets/x")}),
            json!({"vault": "https://kv.vault.azure.net/"}),
            json!({"name": "kv.vault.azure.net."}),
            json!({"addresses": {"KV.vault.azure.net": ["10.0.0.4"]}}),
        ] {
            let keys = resource(&link(parameters.clone()), &ground);
            assert_eq!(keys, ["vaults/kv"], "{parameters}");
        }
        let blob = json!({"account": "https://kv.blob.core.windows.net"});
        assert_eq!(resource(&link(blob), &ground), ["storageaccounts/kv"]);
        for nothing in [
            json!({"name": "localhost"}),
            json!({"scope": ""}),
            json!(null),
        ] {
            assert!(resource(&link(nothing), &ground).is_empty());
        }
    }

    #[test]
    fn an_endpoint_stands_in_the_network_of_its_subnet() {
        let mut endpoint = link(json!({}));
        assert!(endpoint_network(&endpoint, &Ground::default()).is_empty());
        endpoint.seen = Some(json!({"endpoint": {"subnet": "/a/virtualNetworks/Data/subnets/x"}}));
        let keys = endpoint_network(&endpoint, &Ground::default());
        assert_eq!(keys, ["/a/virtualnetworks/data"]);
    }

    #[test]
    fn what_lies_in_a_network_manager_has_its_key() {
        let manager_id =
            "/subscriptions/a/resourceGroups/n/providers/Microsoft.Network/networkManagers/NM";
        for parameters in [
            json!({"network-manager": manager_id}),
            json!({"scope-connection": format!("{manager_id}/scopeConnections/b")}),
            json!({"configuration": format!("{manager_id}/connectivityConfigurations/mesh")}),
        ] {
            let keys = manager(&link(parameters), &Ground::default());
            assert_eq!(keys, [manager_id.to_ascii_lowercase()]);
        }
    }
}
