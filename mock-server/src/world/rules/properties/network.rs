//! Networks, private endpoints, network interfaces. Source: `specs/network/2024-01-01` (`VirtualNetworkPropertiesFormat`,
//! `SubnetPropertiesFormat`, `VirtualNetworkPeeringPropertiesFormat`, `PrivateEndpointProperties`,
//! `PrivateDnsZoneGroupPropertiesFormat`, `NetworkInterfacePropertiesFormat`) and, for names of later versions,
//! `specs/network-types-2025-07-01.md`.

use super::{Place, SUB_RESOURCE, Type, row};

pub(super) const TYPES: &[Type] = &[
    row(
        "Microsoft.Network/virtualNetworks",
        &[
            (
                "",
                "addressSpace bgpCommunities ddosProtectionPlan defaultPublicNatGateway dhcpOptions \
                 enableDdosProtection enableVmProtection encryption flowLogs flowTimeoutInMinutes ipAllocations \
                 privateEndpointVNetPolicies provisioningState resourceGuid subnets virtualNetworkPeerings",
            ),
            ("addressSpace", "addressPrefixes ipamPoolPrefixAllocations"),
            ("dhcpOptions", "dnsServers"),
            ("subnets[]", SUB_RESOURCE),
            ("subnets[].properties", SUBNET),
            ("virtualNetworkPeerings[]", SUB_RESOURCE),
            ("virtualNetworkPeerings[].properties", PEERING),
        ],
    ),
    row("Microsoft.Network/virtualNetworks/subnets", &[("", SUBNET)]),
    row(
        "Microsoft.Network/virtualNetworks/virtualNetworkPeerings",
        &[
            ("", PEERING),
            ("remoteVirtualNetwork", "id"),
            (
                "remoteAddressSpace",
                "addressPrefixes ipamPoolPrefixAllocations",
            ),
        ],
    ),
    row(
        "Microsoft.Network/networkInterfaces",
        &[(
            "",
            "auxiliaryMode auxiliarySku defaultOutboundConnectivityEnabled disableTcpStateTracking dnsSettings \
             dscpConfiguration enableAcceleratedNetworking enableIPForwarding hostedWorkloads ipConfigurations \
             macAddress migrationPhase networkSecurityGroup nicType primary privateEndpoint privateLinkService \
             provisioningState resourceGuid tapConfigurations virtualMachine vnetEncryptionSupported workloadType",
        )],
    ),
    // Hubs have gateways; their own properties are in no bundled specification, so any may stand there.
    row("Microsoft.Network/virtualNetworkGateways", &[]),
    row("Microsoft.Network/privateEndpoints", ENDPOINT),
    row(
        "Microsoft.Network/privateEndpoints/privateDnsZoneGroups",
        &[
            ("", "privateDnsZoneConfigs provisioningState"),
            ("privateDnsZoneConfigs[]", "etag id name properties type"),
            (
                "privateDnsZoneConfigs[].properties",
                "privateDnsZoneId provisioningState recordSets",
            ),
        ],
    ),
];

const SUBNET: &str = "addressPrefix addressPrefixes applicationGatewayIPConfigurations defaultOutboundAccess delegations \
    ipAllocations ipConfigurationProfiles ipConfigurations ipamPoolPrefixAllocations natGateway networkSecurityGroup \
    privateEndpointNetworkPolicies privateEndpoints privateLinkServiceNetworkPolicies provisioningState purpose \
    resourceNavigationLinks routeTable serviceAssociationLinks serviceEndpointPolicies serviceEndpoints serviceGateway \
    sharingScope";

const PEERING: &str = "allowForwardedTraffic allowGatewayTransit allowVirtualNetworkAccess doNotVerifyRemoteGateways \
    enableOnlyIPv6Peering localAddressSpace localSubnetNames localVirtualNetworkAddressSpace peerCompleteVnets \
    peeringState peeringSyncLevel provisioningState remoteAddressSpace remoteBgpCommunities remoteSubnetNames \
    remoteVirtualNetwork remoteVirtualNetworkAddressSpace remoteVirtualNetworkEncryption resourceGuid useRemoteGateways";

const CONNECTION: &str = "groupIds privateLinkServiceConnectionState privateLinkServiceId provisioningState requestMessage";

const STATE: &str = "actionsRequired description status";

const ENDPOINT: &[Place] = &[
    (
        "",
        "applicationSecurityGroups billingSku customDnsConfigs customNetworkInterfaceName ipConfigurations ipVersionType \
         manualPrivateLinkServiceConnections networkInterfaces privateLinkServiceConnections provisioningState subnet",
    ),
    ("subnet", SUB_RESOURCE),
    ("ipConfigurations[]", SUB_RESOURCE),
    (
        "ipConfigurations[].properties",
        "groupId memberName privateIPAddress",
    ),
    ("customDnsConfigs[]", "fqdn ipAddresses"),
    ("manualPrivateLinkServiceConnections[]", SUB_RESOURCE),
    (
        "manualPrivateLinkServiceConnections[].properties",
        CONNECTION,
    ),
    (
        "manualPrivateLinkServiceConnections[].properties.privateLinkServiceConnectionState",
        STATE,
    ),
    ("privateLinkServiceConnections[]", SUB_RESOURCE),
    ("privateLinkServiceConnections[].properties", CONNECTION),
    (
        "privateLinkServiceConnections[].properties.privateLinkServiceConnectionState",
        STATE,
    ),
];
