//! Applications, service principals and groups, in the shape and spelling of Microsoft Graph v1.0.
//!
//! Known properties only: an unknown one is refused, since a misspelt property would silently change nothing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An application object, in its home tenant (Graph `application`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Application {
    /// Object id.
    pub id: String,
    /// Application (client) id.
    pub app_id: String,
    /// Display name.
    pub display_name: String,
    /// `AzureADMyOrg`, `AzureADMultipleOrgs`, … (API.md §5).
    #[serde(default = "my_org")]
    pub sign_in_audience: String,
    /// The owner disabled it.
    #[serde(default)]
    pub is_disabled: bool,
    /// Reply addresses and the like, as Graph writes them.
    #[serde(default)]
    pub web: Option<Value>,
    /// API permissions that it lists.
    #[serde(default)]
    pub required_resource_access: Vec<Value>,
    /// URIs by which tokens for it may be asked.
    #[serde(default)]
    pub identifier_uris: Vec<String>,
    /// Whom it trusts.
    #[serde(default)]
    pub federated_identity_credentials: Vec<FederatedIdentityCredential>,
    /// Client secrets by which it may ask for tokens.
    #[serde(default)]
    pub password_credentials: Vec<PasswordCredential>,
    /// Certificates by which it may ask for tokens.
    #[serde(default)]
    pub key_credentials: Vec<KeyCredential>,
}

/// A client secret (Graph `passwordCredential`). A secret of a mock: never write a real one into a world.
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct PasswordCredential {
    /// GUID; derived from the application and the secret's place when it is not given.
    #[serde(default)]
    pub key_id: Option<String>,
    /// For people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The secret itself.
    pub secret_text: String,
    /// RFC 3339; without end when it is not given.
    #[serde(default)]
    pub end_date_time: Option<String>,
}

/// A certificate (Graph `keyCredential`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct KeyCredential {
    /// GUID; derived from the application and the certificate's place when it is not given.
    #[serde(default)]
    pub key_id: Option<String>,
    /// For people.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The public certificate: base64 of its DER or of its PEM, or the PEM itself.
    pub key: String,
}

/// Trust in the tokens of another issuer (Graph `federatedIdentityCredential`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct FederatedIdentityCredential {
    /// Object id.
    pub id: String,
    /// Unique in the application.
    pub name: String,
    /// Equal to the token's `iss`, to the letter.
    pub issuer: String,
    /// Equal to the token's `sub`, to the letter.
    pub subject: String,
    /// Exactly one.
    pub audiences: Vec<String>,
    /// For people.
    #[serde(default)]
    pub description: Option<String>,
}

/// What an application is in one tenant (Graph `servicePrincipal`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// Object id: what role assignments name.
    pub id: String,
    /// Application (client) id.
    pub app_id: String,
    /// Display name.
    pub display_name: String,
    /// May sign in here.
    #[serde(default = "yes")]
    pub account_enabled: bool,
    /// Home tenant of the application.
    #[serde(default)]
    pub app_owner_organization_id: Option<String>,
    /// `Application`, or `ManagedIdentity` for derived ones.
    #[serde(default = "application")]
    pub service_principal_type: String,
    /// Disabled by the application's owner.
    #[serde(default)]
    pub is_disabled: bool,
    /// Why Microsoft disabled it; `NotDisabled` when it did not.
    #[serde(default)]
    pub disabled_by_microsoft_status: Option<String>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// Application permissions of Graph that an administrator granted: they become the `roles` of its Graph tokens.
    #[serde(default, rename = "graph-permissions")]
    pub graph_permissions: Vec<String>,
}

impl ServicePrincipal {
    /// The one that an application gets in a tenant.
    pub fn of(application: &Application, home: Option<String>, id: String) -> Self {
        Self {
            id,
            app_id: application.app_id.clone(),
            display_name: application.display_name.clone(),
            account_enabled: true,
            app_owner_organization_id: home,
            service_principal_type: "Application".to_owned(),
            is_disabled: false,
            disabled_by_microsoft_status: None,
            tags: Vec::new(),
            graph_permissions: Vec::new(),
        }
    }

    /// Is anything of the three switches off?
    pub fn is_enabled(&self) -> bool {
        // Graph's documentation: null, NotDisabled, or why it is disabled.
        let by_microsoft = self.disabled_by_microsoft_status.as_deref();
        let is_well = |status: &str| status == "NotDisabled";
        self.account_enabled && !self.is_disabled && by_microsoft.is_none_or(is_well)
    }

    /// Does it belong to a managed identity?
    pub fn is_managed_identity(&self) -> bool {
        self.service_principal_type == "ManagedIdentity"
    }
}

/// A group (Graph `group`).
#[derive(Clone, Debug, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Group {
    /// Object id.
    pub id: String,
    /// Display name.
    pub display_name: String,
    /// Object ids of its direct members.
    #[serde(default)]
    pub members: Vec<String>,
    /// Only security groups carry rights.
    #[serde(default = "yes")]
    pub security_enabled: bool,
}

fn my_org() -> String {
    "AzureADMyOrg".to_owned()
}

fn application() -> String {
    "Application".to_owned()
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_service_principal_is_disabled_by_microsoft_when_it_says_why() {
        let world = crate::world::example();
        let mut principal = world.tenants["home"].service_principals[0].clone();
        for (status, is_enabled) in [
            (None, true),
            (Some("NotDisabled"), true),
            (Some("DisabledDueToViolationOfServicesAgreement"), false),
        ] {
            principal.disabled_by_microsoft_status = status.map(str::to_owned);
            assert_eq!(principal.is_enabled(), is_enabled, "{status:?}");
        }
    }
}
