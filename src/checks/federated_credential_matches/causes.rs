//! Why no federated credential matches the identity.

use crate::outcome::{Cause, Heals, Owner};

const UPDATE: &str = "az ad app federated-credential update --id {application} --federated-credential-id {credential} --parameters {credential-json}";
const CREATE: &str =
    "az ad app federated-credential create --id {application} --parameters {credential-json}";
/// Where the credential may be another workload's: a second one beside it.
const CREATE_ANOTHER: &str =
    "az ad app federated-credential create --id {application} --parameters {new-credential-json}";
const UPDATE_OWN: &str = "# otherwise: az ad app federated-credential update --id {application} --federated-credential-id {credential} --parameters {credential-json}";
const UPDATE_UNUSED: &str = "# or, where no other workload uses the old one: az ad app federated-credential update --id {application} --federated-credential-id {old-credential} --parameters {credential-json}";
const EXACT: &str = "# otherwise: # the comparison is exact: white space counts";
const LIST: &str = "az ad app federated-credential list --id {application} --output table";

pub(super) const CAUSES: &[Cause] = &[
    Cause {
        id: "application-missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no application {application} in the tenant asked, so nothing can hold a credential",
        fix: &["az ad app list --app-id {application} --output table"],
        source: "PITFALLS C01, C02",
    },
    Cause {
        id: "identity-in-other-tenant",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the managed identity lives in {identity-tenant} and the application {application} here; they must share a tenant, and the application crosses the border",
        fix: &[
            "# APPLICATION_NAME: a display name of your choice",
            "az ad app create --display-name \"$APPLICATION_NAME\" --sign-in-audience AzureADMultipleOrgs",
        ],
        source: "PITFALLS C01; config-app-trust-managed-identity.md",
    },
    Cause {
        id: "no-credential",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} has no federated credential for the managed identity",
        fix: &[CREATE],
        source: "PITFALLS C05, C10; IDENTITY.md §2",
    },
    Cause {
        id: "issuer-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the federated credential {credential-name} names another issuer than the identity's tokens have; the comparison is exact",
        fix: &[UPDATE],
        source: "PITFALLS C05; IDENTITY.md §2",
    },
    Cause {
        id: "subject-is-client-id",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the federated credential {credential-name} names the identity's client id as subject; it must be its principal (object) id",
        fix: &[UPDATE],
        source: "PITFALLS C04; Azure/login #517",
    },
    Cause {
        id: "subject-case-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the federated credential {credential-name} spells the subject in other letter case; since September 2024 the comparison is case-sensitive",
        fix: &[UPDATE],
        source: "PITFALLS C04; entra breaking changes, September 2024",
    },
    Cause {
        id: "subject-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the federated credential {credential-name} names another subject than the identity's principal id",
        fix: &[CREATE_ANOTHER, UPDATE_OWN, UPDATE_UNUSED, EXACT],
        source: "PITFALLS C04, C10; IDENTITY.md §2",
    },
    Cause {
        id: "audience-is-guid",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the federated credential {credential-name} names the audience by the GUID that stands in tokens; it must be the literal URI",
        fix: &[UPDATE],
        source: "PITFALLS C08, C07; IDENTITY.md §1c",
    },
    Cause {
        id: "audience-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the federated credential {credential-name} names another audience than the cloud's exchange audience",
        fix: &[UPDATE],
        source: "PITFALLS C06, C08; IDENTITY.md §2",
    },
];

pub(super) const WARNINGS: &[Cause] = &[
    Cause {
        id: "several-for-subject",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "several federated credentials of {application} name the same subject, which the exchange may refuse (AADSTS700263)",
        fix: &[
            LIST,
            "az ad app federated-credential delete --id {application} --federated-credential-id {needless-credential}",
        ],
        source: "IDENTITY.md §5 (700263, third-party report)",
    },
    Cause {
        id: "many-credentials",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} has nearly as many federated credentials as it can have; once it is full, none can be added for another workload",
        fix: &[LIST],
        source: "MORE.md §4; workload-id/workload-identity-federation-considerations.md",
    },
];
