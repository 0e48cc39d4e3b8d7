//! `Microsoft.KeyVault`. Source: `specs/keyvault-mgmt/2023-07-01/keyvault.json`, `VaultProperties`.

use super::{Type, row};

pub(super) const TYPES: &[Type] = &[row(
    "Microsoft.KeyVault/vaults",
    &[
        (
            "",
            "accessPolicies createMode enablePurgeProtection enableRbacAuthorization enableSoftDelete \
             enabledForDeployment enabledForDiskEncryption enabledForTemplateDeployment hsmPoolResourceId networkAcls \
             privateEndpointConnections provisioningState publicNetworkAccess sku softDeleteRetentionInDays tenantId \
             vaultUri",
        ),
        ("sku", "family name"),
        (
            "networkAcls",
            "bypass defaultAction ipRules virtualNetworkRules",
        ),
        ("networkAcls.ipRules[]", "value"),
        (
            "networkAcls.virtualNetworkRules[]",
            "id ignoreMissingVnetServiceEndpoint",
        ),
        (
            "accessPolicies[]",
            "applicationId objectId permissions tenantId",
        ),
        (
            "accessPolicies[].permissions",
            "certificates keys secrets storage",
        ),
    ],
)];
