//! `Microsoft.Storage`. Source: `specs/storage-mgmt/2023-05-01/storage.json`, `StorageAccountProperties` and
//! `StorageAccountPropertiesCreateParameters`; `dualStackEndpointPreference`, `geoPriorityReplicationStatus` and
//! `ipv6Rules` of later versions.

use super::{Type, row};

pub(super) const TYPES: &[Type] = &[
    SERVICE,
    row(
        "Microsoft.Storage/storageAccounts/managementPolicies",
        &[("", "lastModifiedTime policy")],
    ),
    row(
        "Microsoft.Storage/storageAccounts",
        &[
            (
                "",
                "accessTier accountMigrationInProgress allowBlobPublicAccess allowCrossTenantReplication \
             allowSharedKeyAccess allowedCopyScope azureFilesIdentityBasedAuthentication blobRestoreStatus \
             creationTime customDomain defaultToOAuthAuthentication dnsEndpointType dualStackEndpointPreference \
             enableExtendedGroups encryption failoverInProgress geoPriorityReplicationStatus geoReplicationStats \
             immutableStorageWithVersioning isHnsEnabled isLocalUserEnabled isNfsV3Enabled isSftpEnabled \
             isSkuConversionBlocked keyCreationTime keyPolicy largeFileSharesState lastGeoFailoverTime \
             minimumTlsVersion networkAcls primaryEndpoints primaryLocation privateEndpointConnections \
             provisioningState publicNetworkAccess routingPreference sasPolicy secondaryEndpoints secondaryLocation \
             statusOfPrimary statusOfSecondary storageAccountSkuConversionStatus supportsHttpsTrafficOnly \
             userDelegationKeysRevoked",
            ),
            (
                "networkAcls",
                "bypass defaultAction ipRules ipv6Rules resourceAccessRules virtualNetworkRules",
            ),
            ("networkAcls.ipRules[]", "action value"),
            ("networkAcls.resourceAccessRules[]", "resourceId tenantId"),
            ("networkAcls.virtualNetworkRules[]", "action id state"),
        ],
    ),
];

/// `blob.json`, `BlobServiceProperties`.
const SERVICE: Type = row(
    "Microsoft.Storage/storageAccounts/blobServices",
    &[(
        "",
        "automaticSnapshotPolicyEnabled changeFeed containerDeleteRetentionPolicy cors defaultServiceVersion \
         dataPlane deleteRetentionPolicy isVersioningEnabled lastAccessTimeTrackingPolicy restorePolicy",
    )],
);
