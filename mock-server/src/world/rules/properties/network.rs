//! Networks, private endpoints, network interfaces, security groups, route tables, watchers. Source:
//! `specs/network/2024-01-01` (`VirtualNetworkPropertiesFormat`, `SubnetPropertiesFormat`,
//! `VirtualNetworkPeeringPropertiesFormat`, `PrivateEndpointProperties`, `PrivateDnsZoneGroupPropertiesFormat`,
//! `NetworkInterfacePropertiesFormat`, `NetworkSecurityGroupPropertiesFormat`, `SecurityRulePropertiesFormat`,
//! `RouteTablePropertiesFormat`, `RoutePropertiesFormat`, `NetworkWatcherPropertiesFormat`) and, for names of later
//! versions, `specs/network-types-2025-07-01.md`.

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
    row(
        "Microsoft.Network/networkSecurityGroups",
        &[
            (
                "",
                "defaultSecurityRules flowLogs flushConnection networkInterfaces provisioningState resourceGuid \
                 securityRules subnets",
            ),
            ("securityRules[]", SUB_RESOURCE),
            ("securityRules[].properties", RULE),
        ],
    ),
    row(
        "Microsoft.Network/networkSecurityGroups/securityRules",
        &[("", RULE)],
    ),
    row(
        "Microsoft.Network/routeTables",
        &[
            (
                "",
                "disableBgpRoutePropagation provisioningState resourceGuid routes subnets",
            ),
            ("routes[]", SUB_RESOURCE),
            ("routes[].properties", ROUTE),
        ],
    ),
    row("Microsoft.Network/routeTables/routes", &[("", ROUTE)]),
    row(
        "Microsoft.Network/networkWatchers",
        &[("", "provisioningState")],
    ),
    // Hubs have gateways; their own properties are in no bundled specification, so any may stand there.
    row("Microsoft.Network/virtualNetworkGateways", &[]),
    row("Microsoft.Network/publicIPAddresses", &[]),
    row("Microsoft.Network/applicationSecurityGroups", &[]),
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

const RULE: &str = "access description destinationAddressPrefix destinationAddressPrefixes \
    destinationApplicationSecurityGroups destinationPortRange destinationPortRanges direction priority protocol \
    provisioningState sourceAddressPrefix sourceAddressPrefixes sourceApplicationSecurityGroups sourcePortRange \
    sourcePortRanges";

const ROUTE: &str = "addressPrefix hasBgpOverride nextHopIpAddress nextHopType provisioningState";

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
