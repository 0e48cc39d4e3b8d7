//! Refusals that a world gives, since their reason lies outside of what the mock imitates: policies, other clouds, load,
//! replication, clocks.
//!
//! `tenants.<name>.token-refusals` names an application and a code; the token endpoint of that tenant then refuses every
//! request of that application with it, after it has found the tenant and read the form. Codes, words of OAuth and texts
//! are those of `azure/IDENTITY.md` §5 (its letters: D documented by Microsoft in `reference-error-codes.md`, I seen in
//! public captures); texts are shortened there, so here too. Codes that the mock derives by itself are not in the table.

use http::StatusCode;

use super::refusals::Refused;
use crate::store::Tenant;

/// A code that can be given.
struct Given {
    code: u32,
    status: StatusCode,
    error: &'static str,
    text: &'static str,
}

/// One row of the table.
const fn row(code: u32, status: StatusCode, error: &'static str, text: &'static str) -> Given {
    Given {
        code,
        status,
        error,
        text,
    }
}

const BAD: StatusCode = StatusCode::BAD_REQUEST;
const DENIED: StatusCode = StatusCode::UNAUTHORIZED;
const BUSY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// THE list.
const TABLE: &[Given] = &[
    // D, I: generic no-match; also a credential that was just made and is not replicated yet (PITFALLS C09).
    row(
        70_021,
        BAD,
        "invalid_request",
        "No matching federated identity record found for presented assertion.",
    ),
    // D: transient.
    row(
        90_033,
        BUSY,
        "temporarily_unavailable",
        "A transient error has occurred. Please try again.",
    ),
    // D: the tenant is throttled.
    row(
        90_055,
        BUSY,
        "temporarily_unavailable",
        "There are too many requests coming to the tenant.",
    ),
    // D: the tenant name or id is not known (to this cloud).
    row(
        90_002,
        BAD,
        "invalid_request",
        "Tenant not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
    ),
    // D: the tenant lives in a national cloud.
    row(
        90_038,
        BAD,
        "invalid_request",
        "The tenant is in another national cloud; the confidential client is not supported in a cross cloud request.",
    ),
    // D: Conditional Access (PITFALLS C35).
    row(
        53_003,
        BAD,
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    // D: a tenant security policy.
    row(
        530_032,
        BAD,
        "invalid_grant",
        "Access has been blocked by the security policy of the tenant.",
    ),
    // D: a proxy on the way out adds Restrict-Access-To-Tenants (PITFALLS C36).
    row(
        500_021,
        BAD,
        "invalid_request",
        "Access to the tenant is denied: tenant restrictions do not list it.",
    ),
    // D: no service principal of the resource (Key Vault, Storage) in the tenant.
    row(
        500_011,
        BAD,
        "invalid_resource",
        "The resource principal was not found in the tenant.",
    ),
    // I: an expired assertion from a cache, or a clock that is wrong (PITFALLS C32).
    row(
        700_024,
        DENIED,
        "invalid_client",
        "Client assertion is not within its valid time range.",
    ),
    // D: a changed assertion, or one of another key.
    row(
        700_027,
        DENIED,
        "invalid_client",
        "Client assertion failed signature validation.",
    ),
    // I: the assertion was itself obtained by federation (PITFALLS C11).
    row(
        700_231,
        DENIED,
        "invalid_client",
        "Token obtained using another federated identity credential may not be used as federated identity credential.",
    ),
    // I, third-party report: several credentials of one subject, as people make them to hedge between the two forms of
    // the issuer; the text is ours.
    row(
        700_263,
        DENIED,
        "invalid_client",
        "More than one federated identity credential matches the presented assertion subject.",
    ),
    // I, third-party report: application and tenant are in different clouds; the text is ours.
    row(
        700_238,
        DENIED,
        "invalid_client",
        "Federated identity credentials may not be used across clouds.",
    ),
];

/// What Entra says with this code; nothing for a code that cannot be given.
pub fn refusal(code: u32) -> Option<Refused> {
    let found = TABLE.iter().find(|row| row.code == code)?;
    Some(Refused {
        status: found.status,
        error: found.error,
        code,
        text: found.text.to_owned(),
    })
}

/// The codes that can be given.
pub fn codes() -> impl Iterator<Item = u32> {
    TABLE.iter().map(|row| row.code)
}

/// Does the world let this tenant admit the application's requests?
///
/// # Errors
/// The refusal that it gives.
pub(super) fn admit(tenant: &Tenant, client_id: &str) -> Result<(), Refused> {
    let given = tenant
        .token_refusals
        .iter()
        .find(|it| it.application.eq_ignore_ascii_case(client_id));
    match given.and_then(|it| refusal(it.code)) {
        Some(refused) => Err(refused),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_code_stands_once_and_has_a_text() {
        let unique: BTreeSet<u32> = codes().collect();
        assert_eq!(unique.len(), TABLE.len());
        for code in codes() {
            let refused = refusal(code).unwrap();
            assert!(!refused.text.is_empty() && refused.status.as_u16() >= 400);
        }
        assert_eq!(refusal(700_213), None, "derived, so not to be given");
    }
}
