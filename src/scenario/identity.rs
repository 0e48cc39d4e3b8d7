//! The ways to become somebody who asks, as a scenario writes them.
//!
//! `managed-identity` and `federated` are what chains are made of. The others live outside the chain: a CI runner, a
//! developer, an administrator. On the mock the world's principal of the same name stands in for those.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::ids::{AppId, ObjectId, ResourceId};
use crate::secret::Secret;

/// How one becomes an identity.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case",
    deny_unknown_fields
)]
pub enum IdentityKind {
    /// Whatever is at hand: the OIDC token of the CI, then a developer's command line, then managed identity.
    Auto,
    /// Who is signed in to the Azure CLI.
    AzureCli,
    /// Who is signed in to the Azure Developer CLI.
    AzureDeveloperCli,
    /// A service connection of Azure Pipelines.
    AzurePipelines {
        /// Tenant that issues the tokens, by its name in the scenario.
        tenant: String,
        /// The application (client) id of the service connection.
        application: AppId,
        /// The id of the service connection.
        service_connection: String,
    },
    /// An application that proves itself with a certificate.
    ClientCertificate {
        /// Tenant that issues the tokens, by its name in the scenario.
        tenant: String,
        /// Its application (client) id.
        application: AppId,
        /// Path of a PEM file with certificate and key.
        certificate: String,
    },
    /// An application that proves itself with a secret.
    ClientSecret {
        /// Tenant that issues the tokens, by its name in the scenario.
        tenant: String,
        /// Its application (client) id.
        application: AppId,
        /// The secret: a variable with `secret: true`.
        secret: Secret,
    },
    /// An application that a managed identity proves: the token of one tenant for a token of another.
    Federated {
        /// Tenant that issues the tokens, by its name in the scenario.
        tenant: String,
        /// Its application (client) id.
        application: AppId,
        /// Name of the managed identity whose token is the client assertion.
        assertion: String,
    },
    /// The OIDC token of GitHub Actions.
    GithubOidc {
        /// Tenant that issues the tokens, by its name in the scenario.
        tenant: Option<String>,
        /// The application (client) id that trusts the workflow.
        application: Option<AppId>,
    },
    /// The managed identity of the machine or app at the link's vantage; without a key, its only or system-assigned one.
    ManagedIdentity {
        /// Which one, by its client id.
        client_id: Option<AppId>,
        /// Which one, by its object (principal) id.
        object_id: Option<ObjectId>,
        /// Which one, by its ARM id.
        resource_id: Option<ResourceId>,
    },
    /// The service account token of a Kubernetes pod.
    WorkloadIdentity {
        /// Tenant that issues the tokens, by its name in the scenario.
        tenant: Option<String>,
        /// The application (client) id that trusts the service account.
        application: Option<AppId>,
    },
}

impl IdentityKind {
    /// The key that names the kind in a scenario.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::AzureCli => "azure-cli",
            Self::AzureDeveloperCli => "azure-developer-cli",
            Self::AzurePipelines { .. } => "azure-pipelines",
            Self::ClientCertificate { .. } => "client-certificate",
            Self::ClientSecret { .. } => "client-secret",
            Self::Federated { .. } => "federated",
            Self::GithubOidc { .. } => "github-oidc",
            Self::ManagedIdentity { .. } => "managed-identity",
            Self::WorkloadIdentity { .. } => "workload-identity",
        }
    }

    /// The tenant that issues its tokens, when the scenario says so.
    pub fn tenant(&self) -> Option<&str> {
        match self {
            Self::Auto
            | Self::AzureCli
            | Self::AzureDeveloperCli
            | Self::ManagedIdentity { .. } => None,
            Self::AzurePipelines { tenant, .. }
            | Self::ClientCertificate { tenant, .. }
            | Self::ClientSecret { tenant, .. }
            | Self::Federated { tenant, .. } => Some(tenant),
            Self::GithubOidc { tenant, .. } | Self::WorkloadIdentity { tenant, .. } => {
                tenant.as_deref()
            }
        }
    }

    /// The application whose tokens it gets, when the scenario says so; a managed identity's is its client id.
    pub const fn application(&self) -> Option<&AppId> {
        match self {
            Self::Auto | Self::AzureCli | Self::AzureDeveloperCli => None,
            Self::AzurePipelines { application, .. }
            | Self::ClientCertificate { application, .. }
            | Self::ClientSecret { application, .. }
            | Self::Federated { application, .. } => Some(application),
            Self::GithubOidc { application, .. } | Self::WorkloadIdentity { application, .. } => {
                application.as_ref()
            }
            Self::ManagedIdentity { client_id, .. } => client_id.as_ref(),
        }
    }

    /// Whether it exists at a vantage only: managed identity belongs to the machine.
    pub const fn lives_at_a_vantage(&self) -> bool {
        matches!(self, Self::Federated { .. } | Self::ManagedIdentity { .. })
    }
}
