//! What Entra refuses: one constructor per AADSTS number (IDENTITY.md §5). Texts are Microsoft's as far as known.

use http::StatusCode;
use time::OffsetDateTime;

use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};

/// A refusal of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// HTTP status.
    pub status: StatusCode,
    /// OAuth's word.
    pub error: &'static str,
    /// The number after `AADSTS`.
    pub code: u32,
    /// The text after the number.
    pub text: String,
}

impl Refused {
    /// In Entra's envelope.
    pub fn reply(&self, req: &Request, ctx: &Context) -> Reply {
        super::errors::error(self.status, self.error, self.code, &self.text, req, ctx)
    }
}

const fn refused(status: StatusCode, error: &'static str, code: u32, text: String) -> Refused {
    Refused {
        status,
        error,
        code,
        text,
    }
}

fn invalid_request(code: u32, text: String) -> Refused {
    refused(StatusCode::BAD_REQUEST, "invalid_request", code, text)
}

fn invalid_client(code: u32, text: String) -> Refused {
    refused(StatusCode::UNAUTHORIZED, "invalid_client", code, text)
}

fn invalid_scope(code: u32, text: String) -> Refused {
    refused(StatusCode::BAD_REQUEST, "invalid_scope", code, text)
}

// -- the request ------------------------------------------------------------------------------------------------------

pub(super) fn missing_parameter(name: &str) -> Refused {
    invalid_request(
        900_144,
        format!("The request body must contain the following parameter: '{name}'."),
    )
}

pub(super) fn malformed_request() -> Refused {
    invalid_request(
        9_002_313,
        "Invalid request. Request is malformed or invalid.".to_owned(),
    )
}

pub(super) fn unsupported_grant(grant: &str) -> Refused {
    let text = format!("The app requested an unsupported grant type '{grant}'.");
    refused(
        StatusCode::BAD_REQUEST,
        "unsupported_grant_type",
        70_003,
        text,
    )
}

pub(super) fn resource_on_v2() -> Refused {
    invalid_request(
        901_002,
        "The 'resource' request parameter isn't supported.".to_owned(),
    )
}

// -- the tenant -------------------------------------------------------------------------------------------------------

pub(super) fn tenant_missing_in_url(segment: &str) -> Refused {
    let text = format!(
        "The grant type isn't supported over the /common or /consumers endpoints. Please use the /organizations or \
         tenant-specific endpoint. Requested: /{segment}."
    );
    invalid_request(9_001_023, text)
}

pub(super) fn malformed_tenant(tenant: &str) -> Refused {
    let text = format!(
        "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."
    );
    invalid_request(900_023, text)
}

pub(super) fn unknown_tenant(tenant: &str) -> Refused {
    let text = format!(
        "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct \
         cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the \
         tenant."
    );
    invalid_request(90_002, text)
}

/// `error` of discovery documents of an unknown tenant is another word (IDENTITY.md §4).
pub(super) fn unknown_tenant_in_discovery(tenant: &str) -> Refused {
    Refused {
        error: "invalid_tenant",
        ..unknown_tenant(tenant)
    }
}

pub(super) fn unknown_instance() -> Refused {
    refused(
        StatusCode::BAD_REQUEST,
        "invalid_instance",
        50_049,
        "Unknown or invalid instance.".to_owned(),
    )
}

// -- the resource -----------------------------------------------------------------------------------------------------

pub(super) fn invalid_scope_value(scope: &str) -> Refused {
    let text = format!(
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."
    );
    invalid_scope(70_011, text)
}

pub(super) fn several_resources(first: &str, second: &str) -> Refused {
    let text = format!(
        "The provided value for the input parameter 'scope' is not valid because it contains more than one resource: {first} {second}."
    );
    invalid_scope(700_022, text)
}

pub(super) fn no_resource() -> Refused {
    let text = "The provided value for the input parameter 'scope' is not valid because it doesn't contain a resource.";
    invalid_scope(700_023, text.to_owned())
}

pub(crate) fn unknown_resource(resource: &str, tenant: &str) -> Refused {
    let text = format!(
        "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the \
         application has not been installed by the administrator of the tenant or consented to by any user in the \
         tenant. You might have sent your authentication request to the wrong tenant."
    );
    refused(StatusCode::BAD_REQUEST, "invalid_resource", 500_011, text)
}

// -- the application --------------------------------------------------------------------------------------------------

pub(super) fn unknown_application(app: &str, directory: &str) -> Refused {
    let text = format!(
        "Application with identifier '{app}' was not found in the directory '{directory}'. This can happen if the \
         application has not been installed by the administrator of the tenant or consented to by any user in the \
         tenant. You may have sent your authentication request to the wrong tenant."
    );
    refused(
        StatusCode::BAD_REQUEST,
        "unauthorized_client",
        700_016,
        text,
    )
}

pub(super) fn no_service_principal(app: &str, tenant: &str) -> Refused {
    let text = format!(
        "The client application {app} is missing service principal in the tenant {tenant}. See instructions here: \
         https://go.microsoft.com/fwlink/?linkid=2225119"
    );
    invalid_client(7_000_229, text)
}

pub(super) fn disabled_application(app: &str, name: &str) -> Refused {
    let text = format!("Application '{app}'({name}) is disabled.");
    refused(
        StatusCode::BAD_REQUEST,
        "unauthorized_client",
        7_000_112,
        text,
    )
}

// -- its proof --------------------------------------------------------------------------------------------------------

pub(super) fn no_proof() -> Refused {
    let text = "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.";
    invalid_client(7_000_218, text.to_owned())
}

pub(super) fn wrong_secret(app: &str) -> Refused {
    let text = format!(
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the \
         client secret ID, for a secret added to app '{app}'."
    );
    invalid_client(7_000_215, text)
}

/// The text is that of azure-cli's and terraform's public logs.
pub(super) fn expired_secret(app: &str) -> Refused {
    let text = format!(
        "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for your \
         app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: \
         https://aka.ms/certCreds."
    );
    invalid_client(7_000_222, text)
}

/// `azure-sdk-for-python`, `sdk/identity/azure-identity/TROUBLESHOOTING.md`.
pub(super) fn assertion_of_other_client() -> Refused {
    let text = "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at \
                https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";
    invalid_client(700_021, text.to_owned())
}

/// `azure-sdk-for-python`, `sdk/identity/azure-identity/TROUBLESHOOTING.md`; the number has another meaning among scopes
/// ([`no_resource`]).
pub(super) fn assertion_of_other_audience() -> Refused {
    let text = "Client assertion audience claim does not match Realm issuer. Review the documentation at \
                https://learn.microsoft.com/entra/identity-platform/certificate-credentials .";
    invalid_client(700_023, text.to_owned())
}

/// Text of public captures (microsoft-authentication-library-for-dotnet).
pub(super) fn unknown_certificate(app: &str) -> Refused {
    let text = format!(
        "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - \
         The key was not found., Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured \
         keys for app Id '{app}'. Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to \
         determine the corresponding service endpoint.]"
    );
    invalid_client(700_027, text)
}

pub(super) fn malformed_assertion(why: &str) -> Refused {
    invalid_client(50_027, format!("JWT token is invalid or malformed: {why}."))
}

pub(super) fn wrong_signature(why: &str) -> Refused {
    let text = format!("Client assertion failed signature validation. [Reason - {why}.]");
    invalid_client(700_027, text)
}

pub(super) fn outside_its_time(
    now: OffsetDateTime,
    from: Option<i64>,
    until: Option<i64>,
) -> Refused {
    let time = |seconds: Option<i64>| {
        let time = seconds.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
        time.map_or_else(|| "none".to_owned(), rfc3339)
    };
    let text = format!(
        "Client assertion is not within its valid time range. Current time: {}, assertion valid from {}, expiry time of \
         assertion {}. Review the documentation at \
         https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
        rfc3339(now),
        time(from),
        time(until)
    );
    invalid_client(700_024, text)
}

/// Two ways of proving oneself at once (RFC 6749 §2.3: a client must not use more than one). The text is ours.
pub(super) fn two_proofs() -> Refused {
    malformed_request()
}

pub(super) fn not_a_managed_identity() -> Refused {
    invalid_client(
        700_222,
        "AAD-issued tokens may not be used for federated identity flows.".to_owned(),
    )
}

pub(super) fn application_token() -> Refused {
    let text = "Only MSI tokens may be used as Federated Identity Credentials for AAD issuer.";
    invalid_client(700_226, text.to_owned())
}

pub(super) fn second_hop() -> Refused {
    let text = "Token obtained using another federated identity credential may not be used as federated identity credential.";
    invalid_client(700_231, text.to_owned())
}

pub(super) fn forbidden_audience(audience: &str) -> Refused {
    invalid_client(700_227, format!("Forbidden token audience: '{audience}'."))
}

pub(super) fn management_audience(audience: &str) -> Refused {
    invalid_client(7_002_121, no_match("audience", audience))
}

pub(super) fn identity_of_other_tenant(issuer: &str) -> Refused {
    let text = format!(
        "Entra ID tokens issued by issuer '{issuer}' may not be used for federated identity credential flows for \
         applications or managed identities registered in this tenant."
    );
    invalid_client(700_236, text)
}

pub(super) fn no_such_issuer(issuer: &str) -> Refused {
    invalid_client(700_211, no_match("issuer", issuer))
}

pub(super) fn no_such_subject(subject: &str) -> Refused {
    invalid_client(700_213, no_match("subject", subject))
}

pub(super) fn subject_differs_in_case(subject: &str) -> Refused {
    let text = format!(
        "{} Matching is done using a case-sensitive comparison.",
        no_match("subject", subject)
    );
    invalid_client(7_002_138, text)
}

pub(super) fn no_such_audience(audience: &str) -> Refused {
    invalid_client(700_212, no_match("audience", audience))
}

/// The text is ours: no capture of the number is public.
pub(super) fn audience_is_no_uri(audience: &str) -> Refused {
    let text = format!(
        "The audience of the federated identity credential must be 'api://AzureADTokenExchange', not '{audience}'."
    );
    invalid_client(700_214, text)
}

fn no_match(what: &str, value: &str) -> String {
    format!(
        "No matching federated identity record found for presented assertion {what} '{value}'. Please check your \
         federated identity credential Subject, Audience and Issuer against the presented assertion. \
         https://learn.microsoft.com/entra/workload-id/workload-identity-federation"
    )
}

// -- consent ----------------------------------------------------------------------------------------------------------
// Numbers and meanings are Microsoft's (entra-docs, `reference-error-codes.md`); texts are shortened or ours.

/// Text of public captures (PITFALLS C33).
pub(super) fn no_reply_address() -> Refused {
    invalid_request(
        500_113,
        "No reply address is registered for the application.".to_owned(),
    )
}

pub(super) fn reply_address_mismatch(address: &str, app: &str) -> Refused {
    let text = format!(
        "The redirect URI '{address}' specified in the request does not match the redirect URIs configured for the \
         application '{app}'. Make sure the redirect URI sent in the request matches one added to your application in the \
         Azure portal."
    );
    invalid_request(50_011, text)
}

pub(super) fn response_type_not_enabled(response_type: &str) -> Refused {
    let text = format!("response_type '{response_type}' is not enabled for the application.");
    refused(
        StatusCode::BAD_REQUEST,
        "unsupported_response_type",
        700_054,
        text,
    )
}

pub(super) fn administrator_needed(name: &str) -> Refused {
    let text = format!(
        "{name} needs permission to access resources in your organization that only an admin can grant. Please ask an \
         admin to grant permission to this app before you can use it."
    );
    refused(StatusCode::BAD_REQUEST, "access_denied", 90_094, text)
}

pub(super) fn not_consented(app: &str, name: &str) -> Refused {
    let text = format!(
        "The user or administrator has not consented to use the application with ID '{app}' named '{name}'. Send an \
         interactive authorization request for this user and resource."
    );
    refused(StatusCode::BAD_REQUEST, "invalid_grant", 65_001, text)
}

pub(super) fn unknown_user(user: &str, directory: &str) -> Refused {
    let text = format!(
        "The user account {user} does not exist in the {directory} directory. To sign into this application, the account must be added to the directory."
    );
    refused(StatusCode::BAD_REQUEST, "invalid_grant", 50_034, text)
}

pub(super) fn user_of_other_tenant(user: &str, home: &str, directory: &str) -> Refused {
    let text = format!(
        "User account '{user}' from identity provider 'https://sts.windows.net/{home}/' does not exist in tenant \
         '{directory}' and cannot access the application in that tenant. The account needs to be added as an external user \
         in the tenant first. Sign out and sign in again with a different account."
    );
    refused(
        StatusCode::BAD_REQUEST,
        "interaction_required",
        50_020,
        text,
    )
}
