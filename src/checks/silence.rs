//! What is advised when nobody answers a workload: commands that several checks share.
//!
//! Whoever looks after the network that the workload runs in has to look first, so they are about that network, which
//! the settle step knows as `{vantage-network}`.

/// From where the commands below it reach what they act on, when it is reached by endpoints only. It starts with
/// [`IF_KNOWN`](crate::outcome::IF_KNOWN).
pub(super) const INSIDE: &str =
    "# if known: # inside a network that has an endpoint of it, such as {vantage-network}:";
/// The private endpoints of the network's subscription, with their subnets and names.
pub(super) const LIST_ENDPOINTS: &str = "az network private-endpoint list --subscription {vantage-network.subscription} --query \"[].[id, subnet.id, customDnsConfigs]\"";
/// What the network is peered with; a mesh makes no peerings (PITFALLS A17).
pub(super) const LIST_PEERINGS: &str = "az network vnet peering list --subscription {vantage-network.subscription} --resource-group {vantage-network.group} --vnet-name {vantage-network.name} --output table";
/// What the next commands need, and when they are the right ones.
pub(super) const PEER_HINT: &str = "# ENDPOINT_NETWORK: ARM id of the network of the endpoint's subnet, if it is another one and neither a peering nor a deployed mesh joins the two";
/// Joins the two networks.
pub(super) const PEER: &str = "az network vnet peering create --subscription {vantage-network.subscription} --resource-group {vantage-network.group} --vnet-name {vantage-network.name} --name to-endpoint --remote-vnet \"$ENDPOINT_NETWORK\" --allow-vnet-access";
/// The same from the other side; until both are there, the peering is only initiated.
pub(super) const PEER_BACK: &str = "az network vnet peering create --subscription \"$(echo $ENDPOINT_NETWORK | cut -d/ -f3)\" --resource-group \"$(echo $ENDPOINT_NETWORK | cut -d/ -f5)\" --vnet-name \"$(echo $ENDPOINT_NETWORK | cut -d/ -f9)\" --name to-workload --remote-vnet {vantage-network} --allow-vnet-access";
/// Who answers names in the network.
pub(super) const SHOW_NAME_SERVERS: &str =
    "az network vnet show --ids {vantage-network} --query dhcpOptions.dnsServers";
/// What keeps packets in, per subnet of the network.
pub(super) const LIST_WAYS_OUT: &str = "az network vnet subnet list --subscription {vantage-network.subscription} --resource-group {vantage-network.group} --vnet-name {vantage-network.name} --query \"[].[name, networkSecurityGroup.id, routeTable.id, natGateway.id]\"";
