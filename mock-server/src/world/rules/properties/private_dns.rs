//! Private DNS. Source: `specs/privatedns/2024-06-01/privatedns.json`, `PrivateZoneProperties`,
//! `VirtualNetworkLinkProperties`, `RecordSetProperties`.

use super::{Place, Type, row};

pub(super) const TYPES: &[Type] = &[
    row(
        "Microsoft.Network/privateDnsZones",
        &[(
            "",
            "internalId maxNumberOfRecordSets maxNumberOfVirtualNetworkLinks \
             maxNumberOfVirtualNetworkLinksWithRegistration numberOfRecordSets numberOfVirtualNetworkLinks \
             numberOfVirtualNetworkLinksWithRegistration provisioningState",
        )],
    ),
    row(
        "Microsoft.Network/privateDnsZones/virtualNetworkLinks",
        &[
            (
                "",
                "provisioningState registrationEnabled resolutionPolicy virtualNetwork virtualNetworkLinkState",
            ),
            ("virtualNetwork", "id"),
        ],
    ),
    row("Microsoft.Network/privateDnsZones/A", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/AAAA", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/CNAME", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/MX", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/PTR", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/SOA", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/SRV", RECORD_SET),
    row("Microsoft.Network/privateDnsZones/TXT", RECORD_SET),
];

const RECORD_SET: &[Place] = &[
    (
        "",
        "aRecords aaaaRecords cnameRecord fqdn isAutoRegistered metadata mxRecords ptrRecords soaRecord srvRecords ttl \
         txtRecords",
    ),
    ("aRecords[]", "ipv4Address"),
    ("aaaaRecords[]", "ipv6Address"),
    ("cnameRecord", "cname"),
    ("mxRecords[]", "exchange preference"),
    ("ptrRecords[]", "ptrdname"),
    (
        "soaRecord",
        "email expireTime host minimumTtl refreshTime retryTime serialNumber",
    ),
    ("srvRecords[]", "port priority target weight"),
    ("txtRecords[]", "value"),
];
