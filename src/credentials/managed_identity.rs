//! A token of a managed identity, from IMDS or from App Service (`IDENTITY.md` §1).
//!
//! Ours rather than the SDK's: the SDK chooses the source by process environment at construction, retries for over a
//! minute, and turns every 400 into one sentence (`docs/design/004-managed-identity.md`).

use reqwest::Url;
use serde::Deserialize;

use super::Selector;
use crate::clients::http::{Http, IMDS, Request};
use crate::clients::recorder::Recorder;
use crate::clients::refusal;
use crate::outcome::NoAnswer;
use crate::outcome::unreachable::NO_IDENTITY_ENDPOINT;
use crate::secret::Secret;
use crate::target::IdentityEndpoint;

/// Version for tokens (`specs/imds/2018-02-01`).
const IMDS_VERSION: &str = "2018-02-01";
/// Version of the App Service protocol.
const APP_SERVICE_VERSION: &str = "2019-08-01";

#[derive(Deserialize)]
struct TokenResponse {
    access_token: String,
}

/// A token for a scope; the suffix `/.default` belongs to scopes and is not sent.
///
/// # Errors
/// The endpoint's refusal with its codes, or why nobody answered.
pub async fn token(
    http: &Http,
    recorder: &Recorder,
    endpoint: &IdentityEndpoint,
    selector: &Selector,
    scope: &str,
) -> Result<Secret, NoAnswer> {
    let resource = scope.strip_suffix("/.default").unwrap_or(scope);
    let request = match endpoint {
        IdentityEndpoint::Imds => {
            Request::get(url(IMDS, IMDS_VERSION, resource, selector, "msi_res_id")?)
                .header("metadata", "true")
        }
        IdentityEndpoint::AppService { endpoint, header } => Request::get(url(
            endpoint,
            APP_SERVICE_VERSION,
            resource,
            selector,
            "mi_res_id",
        )?)
        .header("x-identity-header", header.reveal()),
    };
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let answer = http.send(recorder, request).await.map_err(no_endpoint)?;
    if !answer.is_success() {
        return Err(NoAnswer::Refused(refusal::read(
            &host,
            answer.status,
            None,
            &answer.body,
        )));
    }
    match serde_json::from_slice::<TokenResponse>(&answer.body) {
        Ok(response) if !response.access_token.is_empty() => Ok(Secret::new(response.access_token)),
        _ => Err(NoAnswer::Unusable(format!(
            "the managed identity endpoint {host} answered without a token"
        ))),
    }
}

/// Nothing answers where managed identity lives: what that means is not what it means of other addresses.
fn no_endpoint(why: NoAnswer) -> NoAnswer {
    match why {
        NoAnswer::Unreachable(silence) => {
            NoAnswer::Unreachable(silence.renamed(NO_IDENTITY_ENDPOINT))
        }
        other => other,
    }
}

/// The request's URL; the parameter for an ARM id is spelled differently by the two sources.
fn url(
    endpoint: &str,
    version: &str,
    resource: &str,
    selector: &Selector,
    arm_id: &str,
) -> Result<Url, NoAnswer> {
    let mut url: Url = endpoint.parse().map_err(|error| {
        NoAnswer::Unusable(format!(
            "the managed identity endpoint {endpoint} is not a URL: {error}"
        ))
    })?;
    let mut query = url.query_pairs_mut();
    query
        .append_pair("api-version", version)
        .append_pair("resource", resource);
    match selector {
        Selector::Default => {}
        Selector::ClientId(id) => drop(query.append_pair("client_id", id.as_str())),
        Selector::ObjectId(id) => drop(query.append_pair("object_id", id.as_str())),
        Selector::ResourceId(id) => drop(query.append_pair(arm_id, id.as_str())),
    }
    drop(query);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_source_spells_the_arm_id_its_own_way() {
        let id = Selector::ResourceId(
            "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
                .parse()
                .unwrap(),
        );
        let asked = url(
            IMDS,
            IMDS_VERSION,
            "api://AzureADTokenExchange",
            &id,
            "msi_res_id",
        )
        .unwrap();
        assert_eq!(
            asked.as_str(),
            "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&\
             resource=api%3A%2F%2FAzureADTokenExchange&msi_res_id=%2Fsubscriptions%2Faaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"
        );
        assert!(url("not a url", "1", "r", &Selector::Default, "x").is_err());
    }
}
