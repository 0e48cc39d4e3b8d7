//! Why no token, or another token than expected: AADSTS codes by meaning (`azure/IDENTITY.md` §5, healing by
//! `azure/MORE.md` §3), refusals of the managed identity endpoint, and what a token may say that it should not.

use crate::checks::{names, silence};
use crate::outcome::unreachable::{LOGIN_NOT_RESOLVED, LOGIN_UNREACHABLE, NO_IDENTITY_ENDPOINT};
use crate::outcome::{Cause, Heals, Owner};

/// The application's home: who looks after its credentials and its managed identity.
const HOME: Owner = Owner::HomeOf("workload-application");
/// The tenant whose network the workload runs in.
const NETWORK: Owner = Owner::Of("vantage-network");

const LIST_CREDENTIALS: &str = "az ad app federated-credential list --id {workload-application}";
/// The credential that is for this subject, in whatever spelling.
const FIND_CREDENTIAL: &str = "CREDENTIAL_ID=\"$(az ad app federated-credential list --id {workload-application} --query '[].[subject, id]' --output tsv | grep --ignore-case ^{subject} | cut -f2)\"";
/// It is put right, or made where there is none.
const TRUST: &str = "if [ -n \"$CREDENTIAL_ID\" ]; then az ad app federated-credential update --id {workload-application} --federated-credential-id \"$CREDENTIAL_ID\" --parameters {credential-json}; else az ad app federated-credential create --id {workload-application} --parameters {new-credential-json}; fi";
const SHOW_SERVICE_PRINCIPAL: &str = "az ad sp show --id {workload-application}";

pub(super) const CAUSES: &[Cause] = &[
    // -- the credential does not match the assertion --------------------------------------------------------
    Cause {
        id: "issuer-not-trusted",
        on: &["AADSTS700211"],
        owner: HOME,
        heals: Heals::flapping_minutes(10),
        says: "no federated credential of {workload-application} names the assertion's issuer; a credential made minutes ago may not be known everywhere",
        fix: &[LIST_CREDENTIALS, FIND_CREDENTIAL, TRUST],
        source: "PITFALLS C05, C09; IDENTITY.md §5; MORE.md §3",
    },
    Cause {
        id: "subject-case-not-trusted",
        on: &["AADSTS7002138", "AADSTS7002137"],
        owner: HOME,
        heals: Heals::Never,
        says: "the federated credential of {workload-application} spells the assertion's subject in other letter case",
        fix: &[LIST_CREDENTIALS, FIND_CREDENTIAL, TRUST],
        source: "PITFALLS C04; IDENTITY.md §5",
    },
    Cause {
        id: "subject-not-trusted",
        on: &["AADSTS700213"],
        owner: HOME,
        heals: Heals::flapping_minutes(10),
        says: "no federated credential of {workload-application} names the assertion's subject, which is the principal id of the managed identity",
        fix: &[LIST_CREDENTIALS, FIND_CREDENTIAL, TRUST],
        source: "PITFALLS C04, C09; IDENTITY.md §5; MORE.md §3 (kedacore/keda#8152)",
    },
    Cause {
        id: "audience-not-trusted",
        on: &["AADSTS700212", "AADSTS7002121", "AADSTS700227"],
        owner: HOME,
        heals: Heals::Never,
        says: "the assertion's audience does not fit: the federated credential of {workload-application} names another one, or the identity was asked for another resource",
        fix: &[LIST_CREDENTIALS, FIND_CREDENTIAL, TRUST],
        source: "PITFALLS C06; IDENTITY.md §5",
    },
    Cause {
        id: "audience-is-guid",
        on: &["AADSTS700214"],
        owner: HOME,
        heals: Heals::Never,
        says: "the federated credential of {workload-application} must name the exchange audience as the literal URI, not by its GUID",
        fix: &[LIST_CREDENTIALS, FIND_CREDENTIAL, TRUST],
        source: "PITFALLS C08; IDENTITY.md §5",
    },
    Cause {
        id: "credential-not-found",
        on: &["AADSTS70021"],
        owner: HOME,
        heals: Heals::flapping_minutes(10),
        says: "{workload-application} has no federated credential for this assertion, or one that is not known everywhere yet",
        fix: &[LIST_CREDENTIALS],
        source: "PITFALLS C09; workload-identity-federation-considerations.md",
    },
    Cause {
        id: "several-credentials",
        on: &["AADSTS700263"],
        owner: HOME,
        heals: Heals::Never,
        says: "several federated credentials of {workload-application} fit the assertion's subject",
        fix: &[LIST_CREDENTIALS],
        source: "IDENTITY.md §5 (third-party report)",
    },
    Cause {
        id: "application-elsewhere",
        on: &["AADSTS700236"],
        owner: HOME,
        heals: Heals::Never,
        says: "{workload-application} is registered in the tenant that was asked, and the managed identity lives in another: register the application with the identity, multi-tenant, and keep only its service principal here",
        fix: &[
            "# APPLICATION_NAME: a display name of your choice",
            "az ad app create --display-name \"$APPLICATION_NAME\" --sign-in-audience AzureADMultipleOrgs",
        ],
        source: "PITFALLS C01; config-app-trust-managed-identity.md",
    },
    // -- the assertion itself -------------------------------------------------------------------------------
    Cause {
        id: "not-a-managed-identity",
        on: &[
            "AADSTS700222",
            "AADSTS700226",
            "AADSTS700229",
            "AADSTS700231",
        ],
        owner: HOME,
        heals: Heals::Never,
        says: "the assertion is not the token of a managed identity: a user's, an application's, or one that was itself obtained by federation",
        fix: &[LIST_CREDENTIALS],
        source: "PITFALLS C11, C12, C13; IDENTITY.md §5",
    },
    Cause {
        id: "assertion-out-of-time",
        on: &["AADSTS700024"],
        owner: HOME,
        heals: Heals::Never,
        says: "the assertion is expired, or from the future: an old one was presented, or a clock is wrong",
        fix: &["date --utc"],
        source: "PITFALLS C32; IDENTITY.md §5",
    },
    Cause {
        id: "assertion-signature",
        on: &["AADSTS700027", "AADSTS50012", "AADSTS50013", "AADSTS50027"],
        owner: HOME,
        heals: Heals::Never,
        says: "the assertion's signature is not the managed identity's: it was changed on the way, or comes from another cloud or a mock",
        fix: &[LIST_CREDENTIALS],
        source: "IDENTITY.md §5",
    },
    // -- the application in the tenant asked ----------------------------------------------------------------
    Cause {
        id: "no-service-principal",
        on: &["AADSTS7000229", "AADSTS700016", "AADSTS700011"],
        owner: Owner::Asked,
        heals: Heals::flapping_minutes(10),
        says: "{workload-application} is not known in the tenant: it has no service principal there, or is for its own tenant only",
        fix: &["az ad sp create --id {workload-application}"],
        source: "PITFALLS C02, C03; IDENTITY.md §5; MORE.md §3",
    },
    Cause {
        id: "disabled",
        on: &["AADSTS7000112", "AADSTS70001"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "{workload-application} is disabled, in the tenant or everywhere",
        fix: &[
            SHOW_SERVICE_PRINCIPAL,
            "az ad sp update --id {workload-application} --set accountEnabled=true",
            "# if known: # as {workload-home}:",
            "az ad app update --id {workload-application} --set isDisabled=false",
        ],
        source: "PITFALLS C40; IDENTITY.md §5",
    },
    // -- the scope ------------------------------------------------------------------------------------------
    Cause {
        id: "resource-unknown",
        on: &["AADSTS500011", "AADSTS50001", "AADSTS650052"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the tenant has no service behind the scope {scope}: the audience is wrong, or its service principal is missing",
        fix: &[
            "az ad sp list --filter \"servicePrincipalType eq 'Application'\" --query \"[].[appId, servicePrincipalNames]\" --output json",
        ],
        source: "IDENTITY.md §5; MORE.md §3",
    },
    Cause {
        id: "scope-malformed",
        on: &[
            "AADSTS70011",
            "AADSTS28002",
            "AADSTS700022",
            "AADSTS700023",
            "AADSTS901002",
        ],
        owner: HOME,
        heals: Heals::Never,
        says: "the scope {scope} is malformed: one resource, one slash, and `/.default` at the end",
        fix: &["az account get-access-token --scope {scope} --query expiresOn"],
        source: "IDENTITY.md §5",
    },
    // -- the tenant -----------------------------------------------------------------------------------------
    Cause {
        id: "tenant-unknown",
        on: &["AADSTS90002", "AADSTS900023", "AADSTS9001023"],
        owner: HOME,
        heals: Heals::Never,
        says: "there is no tenant {workload-tenant} in this cloud",
        fix: &["az login --tenant {workload-tenant} --allow-no-subscriptions"],
        source: "PITFALLS C38; IDENTITY.md §5",
    },
    Cause {
        id: "other-cloud",
        on: &[
            "AADSTS700238",
            "AADSTS90038",
            "AADSTS900382",
            "AADSTS900432",
        ],
        owner: HOME,
        heals: Heals::Never,
        says: "the tenant {workload-tenant} is in another cloud, and assertions do not cross clouds",
        fix: &["az cloud list --output table"],
        source: "PITFALLS C38; IDENTITY.md §2, §5",
    },
    Cause {
        id: "blocked-by-policy",
        on: &["AADSTS53003", "AADSTS530032", "AADSTS530035"],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "a Conditional Access or security policy blocked {workload-application}; multi-tenant applications are out of its scope, so look for a user step, or for an application registered in the wrong tenant",
        fix: &[
            "az rest --method get --url https://graph.microsoft.com/v1.0/identity/conditionalAccess/policies",
        ],
        source: "PITFALLS C35; conditional-access/workload-identity.md",
    },
    Cause {
        id: "tenant-restrictions",
        on: &["AADSTS500021", "AADSTS500022"],
        owner: HOME,
        heals: Heals::Never,
        says: "a proxy on the way out restricts access to listed tenants, and {workload-tenant} is not listed",
        fix: &["env | grep -i proxy"],
        source: "PITFALLS C36; reference-error-codes.md",
    },
    Cause {
        id: "secret-refused",
        on: &["AADSTS7000215", "AADSTS7000222", "AADSTS7000218"],
        owner: HOME,
        heals: Heals::Never,
        says: "a client secret of {workload-application} is wrong or expired, or nothing at all was presented",
        fix: &["az ad app credential list --id {workload-application}"],
        source: "IDENTITY.md §5",
    },
    Cause {
        id: "entra-busy",
        on: &["AADSTS90055", "AADSTS90033", "AADSTS90024", "AADSTS90012"],
        owner: Owner::Asked,
        heals: Heals::minutes(5),
        says: "Entra is busy or throttles the tenant",
        fix: &[
            "az rest --method get --url https://login.microsoftonline.com/{workload-tenant}/v2.0/.well-known/openid-configuration --skip-authorization-header",
        ],
        source: "IDENTITY.md §5",
    },
    // -- the managed identity -------------------------------------------------------------------------------
    Cause {
        id: "identity-not-assigned",
        on: &[super::IDENTITY_NOT_ASSIGNED],
        owner: HOME,
        heals: Heals::Never,
        says: "the machine gave no token: the managed identity is not assigned to it, or the request names none where it must",
        fix: &[
            "# VM_ID: ARM id of the machine that the workload runs on",
            "az vm identity assign --ids \"$VM_ID\" --identities {managed-identity}",
            "# otherwise: # IDENTITY_ID: ARM id of the managed identity",
            "# otherwise: az vm identity assign --ids \"$VM_ID\" --identities \"$IDENTITY_ID\"",
            "# or, for an app: az webapp identity assign --ids APP_ID --identities {managed-identity}",
            "# otherwise: # or, for an app: az webapp identity assign --ids APP_ID --identities IDENTITY_ID",
        ],
        source: "PITFALLS C15, C16; IDENTITY.md §1",
    },
    Cause {
        id: "no-identity-endpoint",
        on: &[NO_IDENTITY_ENDPOINT],
        owner: NETWORK,
        heals: Heals::Never,
        says: "nothing answers where managed identity lives: the workload runs on no Azure machine, its app has no identity, or a proxy, a container or a policy keeps 169.254.169.254 from it",
        fix: &[
            "curl --silent --max-time 5 --noproxy '*' --header Metadata:true \"http://169.254.169.254/metadata/instance?api-version=2021-02-01\"",
            "# APP_ID: ARM id of the app that the workload runs in, when it is an app",
            "az webapp identity assign --ids \"$APP_ID\" --identities {managed-identity}",
            "# otherwise: # IDENTITY_ID: ARM id of the managed identity",
            "# otherwise: az webapp identity assign --ids \"$APP_ID\" --identities \"$IDENTITY_ID\"",
        ],
        source: "PITFALLS C17; how-to-use-vm-token.md; azure-sdk-for-rust TROUBLESHOOTING.md",
    },
    // -- the way to Entra -----------------------------------------------------------------------------------
    Cause {
        id: "login-unreachable",
        on: &[LOGIN_UNREACHABLE],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "Entra cannot be reached from where the workload runs: its network has no way out, or a firewall, route or security group drops the packets",
        fix: &[
            "curl --silent --head --max-time 5 https://login.microsoftonline.com/{workload-tenant}/v2.0/.well-known/openid-configuration",
            silence::LIST_WAYS_OUT,
            "# GROUP and NSG: a network security group of that list; a firewall needs the same rule",
            "az network nsg rule create --subscription {vantage-network.subscription} --resource-group \"$GROUP\" --nsg-name \"$NSG\" --name allow-entra --priority 200 --direction Outbound --access Allow --protocol Tcp --destination-address-prefixes AzureActiveDirectory --destination-port-ranges 443",
        ],
        source: "virtual-network service-tags-overview.md (AzureActiveDirectory); managed-identities-faq.md",
    },
    Cause {
        id: "login-not-resolved",
        on: &[LOGIN_NOT_RESOLVED],
        owner: NETWORK,
        heals: Heals::minutes(5),
        says: "the name of Entra's host leads nowhere where the workload runs: the network's name servers fail, or answer private names only",
        fix: &[
            "nslookup login.microsoftonline.com",
            silence::SHOW_NAME_SERVERS,
            names::AZURES_SERVER,
        ],
        source: "PITFALLS B09, B10; private-endpoint-dns.md",
    },
    // -- what the token says --------------------------------------------------------------------------------
    Cause {
        id: "wrong-tenant",
        on: &[],
        owner: HOME,
        heals: Heals::Never,
        says: "the token was issued by another tenant than {workload-tenant}, or in the name of another issuer",
        fix: &[SHOW_SERVICE_PRINCIPAL],
        source: "PITFALLS C27, C31; IDENTITY.md §1c, §3 (tid, iss)",
    },
    Cause {
        id: "wrong-audience",
        on: &[],
        owner: HOME,
        heals: Heals::Never,
        says: "the token is for another service than {scope} names",
        fix: &["az account get-access-token --scope {scope} --query expiresOn"],
        source: "PITFALLS C28; IDENTITY.md §3 (aud)",
    },
    Cause {
        id: "wrong-application",
        on: &[],
        owner: HOME,
        heals: Heals::Never,
        says: "the token was issued to another application than expected",
        fix: &[SHOW_SERVICE_PRINCIPAL],
        source: "IDENTITY.md §3 (appid, azp)",
    },
    Cause {
        id: "expired",
        on: &[],
        owner: HOME,
        heals: Heals::Never,
        says: "the token was expired when it arrived: a cache gave it, or a clock is wrong",
        fix: &["date --utc"],
        source: "PITFALLS C32, C20",
    },
];

pub(super) const WARNINGS: &[Cause] = &[Cause {
    id: "short-lived",
    on: &[],
    owner: Owner::Asked,
    heals: Heals::Never,
    says: "the token ends within five minutes of being issued, less than Entra ever gives: something on the way keeps tokens, or a clock is off, and what takes longer is refused",
    fix: &["date -u"],
    source: "identity-platform/configurable-token-lifetimes.md; PITFALLS C32",
}];
