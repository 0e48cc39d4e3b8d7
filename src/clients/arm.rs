//! ARM: one resource, all pages of a collection, all pages of a list that is asked by POST. Reads only: the POSTs are
//! those of [`ReadAction`], and no others can be written down. Those that take their time are in [`super::operation`].

use reqwest::Url;
use serde_json::Value;

use super::http::{Answer, Http, Request};
use super::recorder::Recorder;
use super::refusal;
use crate::ids::ResourceId;
use crate::outcome::{NoAnswer, Refusal};
use crate::secret::Secret;

/// Pages of one collection; a service that goes on longer is not believed.
const PAGE_LIMIT: usize = 1000;
/// Items of one collection that are kept in memory.
const ITEM_LIMIT: usize = 200_000;

/// A POST that reads and changes nothing: the one table of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadAction {
    /// Whether a connection from a machine would arrive (`NetworkWatchers_CheckConnectivity`); long-running.
    ConnectivityCheck,
    /// What packets of a network interface follow (`NetworkInterfaces_GetEffectiveRouteTable`); long-running.
    EffectiveRouteTable,
    /// What is active in regions (`ListActiveConnectivityConfigurations`).
    ListActiveConnectivityConfigurations,
    /// What was deployed to regions, and how that went (`NetworkManagerDeploymentStatus_List`).
    ListDeploymentStatus,
    /// What acts on a virtual network (`ListNetworkManagerEffectiveConnectivityConfigurations`).
    ListNetworkManagerEffectiveConnectivityConfigurations,
}

impl ReadAction {
    /// Last segment of the path (`API.md` §1, §3).
    pub const fn path(self) -> &'static str {
        match self {
            Self::ConnectivityCheck => "connectivityCheck",
            Self::EffectiveRouteTable => "effectiveRouteTable",
            Self::ListActiveConnectivityConfigurations => "listActiveConnectivityConfigurations",
            Self::ListDeploymentStatus => "listDeploymentStatus",
            Self::ListNetworkManagerEffectiveConnectivityConfigurations => {
                "listNetworkManagerEffectiveConnectivityConfigurations"
            }
        }
    }
}

impl ReadAction {
    /// The action that access control asks for: of the type that it is put to.
    pub fn action(self, id: &ResourceId) -> String {
        let own = id.resource_type().unwrap_or_default();
        format!("{own}/{}/action", self.path())
    }
}

/// The action that access control asks for when a resource or a collection is read: its type, and `read`; of what has no
/// type of its own, `Microsoft.Resources`' (azure-docs, `role-based-access-control/resource-provider-operations.md`).
pub fn read_action(id: &ResourceId) -> String {
    match (id.resource_type(), id.resource_group()) {
        (Some(own), _) => format!("{own}/read"),
        (None, Some(_)) => "Microsoft.Resources/subscriptions/resourceGroups/read".to_owned(),
        (None, None) => "Microsoft.Resources/subscriptions/read".to_owned(),
    }
}

/// Reads one JSON document; `None` when it does not exist.
///
/// # Errors
/// 403 is [`NoAnswer::Forbidden`], any other refusal [`NoAnswer::Refused`].
pub async fn get(
    http: &Http,
    recorder: &Recorder,
    url: &str,
    token: &Secret,
) -> Result<Option<Value>, NoAnswer> {
    document(http, recorder, Request::get(parsed(url)?), token).await
}

/// Reads every page of a collection, following `next` (`nextLink`, `@odata.nextLink`) on the same host only; `None`
/// when the collection's parent does not exist.
///
/// # Errors
/// As [`get`]; [`NoAnswer::Unusable`] when the pages do not end or lead elsewhere.
pub async fn list(
    http: &Http,
    recorder: &Recorder,
    url: &str,
    next: &str,
    token: &Secret,
) -> Result<Option<Vec<Value>>, NoAnswer> {
    let mut items = Vec::new();
    let mut page = url.to_owned();
    for _ in 0..PAGE_LIMIT {
        let Some(mut document) = get(http, recorder, &page, token).await? else {
            return Ok((!items.is_empty()).then_some(items));
        };
        match document["value"].take() {
            Value::Array(values) => items.extend(values),
            _ => {
                return Err(NoAnswer::Unusable(format!(
                    "a list without `value` at {page}"
                )));
            }
        }
        match document[next].as_str().filter(|link| !link.is_empty()) {
            Some(link) if link == page || items.len() > ITEM_LIMIT => {
                return Err(NoAnswer::Unusable(format!("the pages of {url} do not end")));
            }
            Some(link) if host_of(link) == host_of(url) => page = link.to_owned(),
            Some(_) => {
                return Err(NoAnswer::Unusable(format!(
                    "the next page of {url} is on another host"
                )));
            }
            None => return Ok(Some(items)),
        }
    }
    Err(NoAnswer::Unusable(format!(
        "more than {PAGE_LIMIT} pages at {url}"
    )))
}

/// Reads every page of a list that is asked by POST: the token of the next page travels in the bodies (`API.md` §1);
/// `None` when the resource does not exist.
///
/// # Errors
/// As [`get`]; [`NoAnswer::Unusable`] when the pages do not end.
pub async fn post_list(
    http: &Http,
    recorder: &Recorder,
    url: &str,
    body: &Value,
    token: &Secret,
) -> Result<Option<Vec<Value>>, NoAnswer> {
    let (mut items, mut body) = (Vec::new(), body.clone());
    for _ in 0..PAGE_LIMIT {
        let request = Request::post_json(parsed(url)?, &body);
        let Some(mut page) = document(http, recorder, request, token).await? else {
            return Ok((!items.is_empty()).then_some(items));
        };
        match page["value"].take() {
            Value::Array(values) => items.extend(values),
            _ => {
                return Err(NoAnswer::Unusable(format!(
                    "a list without `value` at {url}"
                )));
            }
        }
        match page["skipToken"].as_str().filter(|next| !next.is_empty()) {
            Some(next) if body["skipToken"] == next || items.len() > ITEM_LIMIT => {
                return Err(NoAnswer::Unusable(format!("the pages of {url} do not end")));
            }
            Some(next) => body["skipToken"] = Value::from(next),
            None => return Ok(Some(items)),
        }
    }
    Err(NoAnswer::Unusable(format!(
        "more than {PAGE_LIMIT} pages at {url}"
    )))
}

/// Sends a request as a reader and reads the JSON of its answer.
async fn document(
    http: &Http,
    recorder: &Recorder,
    request: Request,
    token: &Secret,
) -> Result<Option<Value>, NoAnswer> {
    let request = request.bearer(token).header("accept", "application/json");
    let host = request.url.host_str().unwrap_or_default().to_owned();
    let answer = http.send_patiently(recorder, request).await?;
    if answer.is_success() {
        let json = serde_json::from_slice(&answer.body);
        return json.map(Some).map_err(|_| {
            NoAnswer::Unusable(format!("{host} answered {} without JSON", answer.status))
        });
    }
    let refusal = refusal::read(&host, answer.status, None, &answer.body);
    absent_or_refused(&answer, refusal)
}

pub(super) fn parsed(url: &str) -> Result<Url, NoAnswer> {
    url.parse()
        .map_err(|error| NoAnswer::Unusable(format!("{url} is not a URL: {error}")))
}

/// 404s that say nothing of the thing: its subscription is out of sight, or its type is not known in that version.
const NOT_OF_THE_THING: &[&str] = &[
    "SubscriptionNotFound",
    "InvalidResourceType",
    "InvalidResourceNamespace",
];

/// 404 of the thing itself is an answer; of the subscription it is not, and 403 says nothing about the thing.
pub(super) fn absent_or_refused(
    answer: &Answer,
    refusal: Refusal,
) -> Result<Option<Value>, NoAnswer> {
    match answer.status {
        404 if !NOT_OF_THE_THING.iter().any(|code| refusal.has(code)) => Ok(None),
        403 => Err(NoAnswer::Forbidden(refusal)),
        _ => Err(NoAnswer::Refused(refusal)),
    }
}

fn host_of(url: &str) -> Option<String> {
    reqwest::Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_ascii_lowercase))
}
