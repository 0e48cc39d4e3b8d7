//! One image of a container registry, as far as it proves a pull: challenge, exchange, token, manifest, one layer
//! (`MORE.md` §1). Nothing of it is kept.

use bytes::Bytes;
use http::header::{LOCATION, WWW_AUTHENTICATE};
use reqwest::{Response, Url};
use ring::digest;
use serde_json::Value;

use super::http::{Answer, Http, Request};
use super::jwt::Claims;
use super::recorder::Recorder;
use super::refusal;
use crate::outcome::unreachable::{LAYER_NOT_RESOLVED, LAYER_UNREACHABLE};
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;

/// Our word for a registry that gives no token for a pull, whoever asks.
pub const EXCHANGE_REFUSED: &str = "ExchangeRefused";
/// Our word for an access token that does not allow a pull.
pub const PULL_NOT_GRANTED: &str = "PullNotGranted";
/// What a manifest may be; without it an old form may come.
const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                      application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";
/// Manifests that lead to manifests; one that leads on and on is not believed.
const DEPTH: usize = 3;

/// What is pulled, and from where.
#[derive(Clone, Copy, Debug)]
pub struct Image<'a> {
    /// Host of the login server.
    pub login: &'a str,
    /// Name of the repository.
    pub repository: &'a str,
    /// Tag or digest.
    pub reference: &'a str,
}

/// What was pulled.
#[derive(Clone, Debug)]
pub struct Pulled {
    /// Digest of the manifest that the reference names, made of its bytes.
    pub digest: String,
    /// The digest that the registry says it has.
    pub told: Option<String>,
    /// The layer that was read.
    pub layer: Layer,
}

/// A layer.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its digest in the manifest.
    pub digest: String,
    /// The digest of the bytes that came.
    pub read: String,
    /// How many they were.
    pub size: u64,
    /// The host that they came from.
    pub host: String,
}

/// Over what is asked, and where what was met is kept: with the login server, and with whoever holds the layers.
#[derive(Clone, Copy)]
pub struct Line<'a> {
    /// The transport.
    pub http: &'a Http,
    /// What was met at the login server.
    pub login: &'a Recorder,
    /// What was met where the layer lies.
    pub layers: &'a Recorder,
}

/// A token of the registry that allows to pull from one repository.
///
/// # Errors
/// The registry's refusal; [`EXCHANGE_REFUSED`] stands beside its own code when it gives the caller no token at all.
pub async fn access(
    line: Line<'_>,
    image: Image<'_>,
    tenant: &str,
    token: &Secret,
) -> Result<Secret, NoAnswer> {
    challenge(line, image.login).await?;
    let form = [
        ("grant_type", "access_token"),
        ("service", image.login),
        ("tenant", tenant),
        ("access_token", token.reveal()),
    ];
    let answer = post(line, image.login, "oauth2/exchange", &form).await?;
    if answer.status == 401 {
        return Err(refused(image.login, &answer, Some(EXCHANGE_REFUSED)));
    }
    let refresh = token_of(image.login, &answer, "refresh_token")?;
    let scope = format!("repository:{}:pull", image.repository);
    let form = [
        ("grant_type", "refresh_token"),
        ("service", image.login),
        ("scope", &scope),
        ("refresh_token", refresh.reveal()),
    ];
    let answer = post(line, image.login, "oauth2/token", &form).await?;
    let access = token_of(image.login, &answer, "access_token")?;
    if allows_pull(&access) {
        Ok(access)
    } else {
        Err(NoAnswer::Refused(Refusal {
            status: answer.status,
            codes: vec![PULL_NOT_GRANTED.to_owned()],
            message: format!("the token that it gave allows nothing of {scope}"),
            host: image.login.to_owned(),
            ..Refusal::default()
        }))
    }
}

/// A manifest, and the smallest of its layers, wherever the registry says that it lies.
///
/// # Errors
/// The registry's refusal, or why the layer could not be read.
pub async fn pull(line: Line<'_>, image: Image<'_>, access: &Secret) -> Result<Pulled, NoAnswer> {
    let (manifest, told) = manifest(line, image, image.reference, access).await?;
    let digest = sha256(&manifest);
    let mut document = json(image.login, &manifest)?;
    for _ in 0..DEPTH {
        let Some(inner) = document["manifests"][0]["digest"].as_str() else {
            break;
        };
        let (bytes, _) = self::manifest(line, image, inner, access).await?;
        document = json(image.login, &bytes)?;
    }
    let layers = document["layers"].as_array().into_iter().flatten();
    let smallest = layers
        .filter_map(|layer| Some((layer["size"].as_u64()?, layer["digest"].as_str()?)))
        .min();
    let (_, layer) = smallest.ok_or_else(|| {
        NoAnswer::Unusable(format!(
            "{} has a manifest without layers",
            image.repository
        ))
    })?;
    Ok(Pulled {
        digest,
        told,
        layer: self::layer(line, image, layer, access).await?,
    })
}

/// What a registry says to nobody: who gives tokens. They are asked of the registry itself only.
async fn challenge(line: Line<'_>, login: &str) -> Result<(), NoAnswer> {
    let answer = line
        .http
        .send(line.login, Request::get(url(login, "v2/")?))
        .await?;
    if answer.is_success() {
        return Ok(());
    }
    let header = answer.headers.get(WWW_AUTHENTICATE);
    let challenge = header.and_then(|value| value.to_str().ok());
    let Some(challenge) = challenge.filter(|_| answer.status == 401) else {
        return Err(refused(login, &answer, None));
    };
    let realm = challenge
        .split_once("realm=\"")
        .and_then(|(_, rest)| rest.split('"').next());
    let is_own = realm
        .and_then(|realm| Url::parse(realm).ok())
        .is_some_and(|realm| realm.host_str() == Some(login));
    if is_own {
        Ok(())
    } else {
        Err(NoAnswer::Unusable(format!(
            "{login} names another place for its tokens, and none was sent there"
        )))
    }
}

async fn manifest(
    line: Line<'_>,
    image: Image<'_>,
    reference: &str,
    access: &Secret,
) -> Result<(Bytes, Option<String>), NoAnswer> {
    let path = format!("v2/{}/manifests/{reference}", image.repository);
    let request = Request::get(url(image.login, &path)?)
        .bearer(access)
        .header("accept", ACCEPT);
    let answer = line.http.send(line.login, request).await?;
    if !answer.is_success() {
        return Err(refused(image.login, &answer, None));
    }
    let told = answer.headers.get("docker-content-digest");
    let told = told.and_then(|value| value.to_str().ok());
    Ok((answer.body.clone(), told.map(str::to_owned)))
}

async fn layer(
    line: Line<'_>,
    image: Image<'_>,
    digest: &str,
    access: &Secret,
) -> Result<Layer, NoAnswer> {
    let path = format!("v2/{}/blobs/{digest}", image.repository);
    let request = Request::get(url(image.login, &path)?).bearer(access);
    let response = line.http.open(line.login, request).await?;
    let status = response.status();
    if status.is_success() {
        return read_layer(response, digest, image.login).await;
    }
    if !status.is_redirection() {
        return Err(whole(response, image.login).await);
    }
    let location = response.headers().get(LOCATION);
    let location = location.and_then(|value| value.to_str().ok());
    let location: Option<Url> = location.and_then(|text| text.parse().ok());
    let unusable = || NoAnswer::Unusable(format!("{} leads nowhere for a layer", image.login));
    let location = location.ok_or_else(unusable)?;
    let host = location.host_str().ok_or_else(unusable)?.to_owned();
    // The link is a permission of its own; the registry's token is for the registry.
    let response = line.http.open(line.layers, Request::get(location)).await;
    let response = response.map_err(no_layer)?;
    if !response.status().is_success() {
        return Err(whole(response, &host).await);
    }
    read_layer(response, digest, &host).await
}

/// Where the layers lie, nobody answers.
fn no_layer(why: NoAnswer) -> NoAnswer {
    match why {
        NoAnswer::Unreachable(silence) => {
            let code = if silence.is_of_names() {
                LAYER_NOT_RESOLVED
            } else {
                LAYER_UNREACHABLE
            };
            NoAnswer::Unreachable(silence.renamed(code))
        }
        other => other,
    }
}

async fn read_layer(mut response: Response, digest: &str, host: &str) -> Result<Layer, NoAnswer> {
    let (mut size, mut sha256) = (0_u64, digest::Context::new(&digest::SHA256));
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                size = size.saturating_add(chunk.len() as u64);
                sha256.update(&chunk);
            }
            Ok(None) => break,
            Err(_) => {
                return Err(NoAnswer::Unusable(format!(
                    "the layer broke off at {host} after {size} bytes"
                )));
            }
        }
    }
    Ok(Layer {
        digest: digest.to_owned(),
        read: hex(sha256.finish().as_ref()),
        size,
        host: host.to_owned(),
    })
}

/// A refusal whose body has not been read.
async fn whole(response: Response, host: &str) -> NoAnswer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    match super::http::read_body(response, super::http::ERROR_LIMIT).await {
        Ok(body) => {
            let answer = Answer {
                status,
                headers,
                body,
            };
            refused(host, &answer, None)
        }
        Err(why) => why,
    }
}

async fn post(
    line: Line<'_>,
    login: &str,
    path: &str,
    form: &[(&str, &str)],
) -> Result<Answer, NoAnswer> {
    let mut encoded = url(login, path)?;
    let mut request = Request::get(encoded.clone());
    encoded.query_pairs_mut().extend_pairs(form);
    request.method = http::Method::POST;
    request.body = Bytes::from(encoded.query().unwrap_or_default().to_owned());
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    line.http.send(line.login, request).await
}

fn token_of(login: &str, answer: &Answer, name: &str) -> Result<Secret, NoAnswer> {
    if !answer.is_success() {
        return Err(refused(login, answer, None));
    }
    let document = json(login, &answer.body)?;
    let token = document[name].as_str();
    token
        .map(Secret::new)
        .ok_or_else(|| NoAnswer::Unusable(format!("{login} answered without {name}")))
}

/// Whether an access token says that it allows a pull; one whose form is not known is tried.
fn allows_pull(access: &Secret) -> bool {
    let Ok(claims) = Claims::read(access) else {
        return true;
    };
    let Some(granted) = claims.value("access").and_then(Value::as_array) else {
        return true;
    };
    let mut actions = granted
        .iter()
        .filter_map(|own| own["actions"].as_array())
        .flatten();
    actions.any(|action| action == "pull")
}

fn refused(host: &str, answer: &Answer, ours: Option<&str>) -> NoAnswer {
    let mut refusal = refusal::read(host, answer.status, None, &answer.body);
    refusal.codes.extend(ours.map(str::to_owned));
    NoAnswer::Refused(refusal)
}

fn json(host: &str, body: &[u8]) -> Result<Value, NoAnswer> {
    serde_json::from_slice(body)
        .map_err(|_| NoAnswer::Unusable(format!("{host} answered without JSON")))
}

fn url(host: &str, path: &str) -> Result<Url, NoAnswer> {
    format!("https://{host}/{path}")
        .parse()
        .map_err(|_| NoAnswer::Unusable(format!("{host} is not the host of a registry")))
}

fn sha256(bytes: &[u8]) -> String {
    hex(digest::digest(&digest::SHA256, bytes).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{digits}")
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    fn token(claims: &Value) -> Secret {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        Secret::new(format!(
            "{}.{}.x",
            part(&json!({"alg": "RS256"})),
            part(claims)
        ))
    }

    #[test]
    fn a_token_that_grants_nothing_allows_no_pull_and_one_of_another_form_is_tried() {
        let of = |actions: Value| {
            token(&json!({"access": [{"type": "repository", "actions": actions}]}))
        };
        assert!(allows_pull(&of(json!(["pull", "push"]))));
        assert!(!allows_pull(&of(json!(["metadata_read"]))));
        assert!(!allows_pull(&token(&json!({"access": []}))));
        assert!(allows_pull(&token(&json!({}))) && allows_pull(&Secret::new("opaque")));
    }

    #[test]
    fn a_digest_is_written_as_manifests_write_it() {
        assert_eq!(
            sha256(b""),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
    }
}
