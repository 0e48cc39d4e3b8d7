//! Long-running operations on the wire: the headers that announce one, and the URLs that say how it goes.
//!
//! `Azure-AsyncOperation` names `…/operations/{id}`, which answers 200 with a `status`; `Location` names
//! `…/operationResults/{id}`, which answers 202 while it runs and then the result (API.md §7, CLIENTS.md "Long-running
//! operations"; azure-docs, `azure-resource-manager/management/async-operations.md`). Every provider has the same URLs
//! here; Azure's differ in the namespace only. Who did not begin an operation does not learn that it exists: 404.

use http::StatusCode;
use serde_json::{Value, json};

use super::errors::error;
use super::write::linked::Callers;
use super::{polled, provider};
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::lro::{Ending, Finish, Of, Seen};
use crate::request::{Reply, Request};
use crate::services::{Operation, Service};
use crate::store::State;

/// The service.
pub const SERVICE: Service = provider(
    "arm-operations",
    "how long-running operations go",
    OPERATIONS,
);

const OPERATIONS: &[Operation] = &[
    polled(
        "OperationStatus_Get",
        "/subscriptions/{subscriptionId}/providers/{providerNamespace}/locations/{location}/operations/{operationId}",
        status,
    ),
    polled(
        "OperationResults_Get",
        "/subscriptions/{subscriptionId}/providers/{providerNamespace}/locations/{location}/operationResults/{operationId}",
        result,
    ),
    polled(
        "ResourceGroupOperationResults_Get",
        "/subscriptions/{subscriptionId}/operationresults/{operationId}",
        result,
    ),
    polled(
        "TenantOperationStatus_Get",
        "/providers/{providerNamespace}/locations/{location}/operations/{operationId}",
        status,
    ),
    polled(
        "TenantOperationResults_Get",
        "/providers/{providerNamespace}/locations/{location}/operationResults/{operationId}",
        result,
    ),
];

/// Which headers announce an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `Azure-AsyncOperation`.
    AzureAsyncOperation,
    /// `Location`: the first answer is 202 and has no body.
    Location,
    /// Both: what is asked last has a result of its own (`commit`).
    Both,
}

/// An operation that has begun: where it is asked about.
#[derive(Clone, Debug)]
pub struct Begun {
    id: String,
    /// `/subscriptions/…/locations/westeurope`.
    place: String,
}

/// Begins an operation on a resource; the caller holds the state's lock.
pub fn begin(
    context: &Context,
    state: &mut State,
    callers: &Callers,
    resource: &str,
    finish: Finish,
) -> Begun {
    let place = place(state, resource);
    let parsed = ResourceId::parse(resource).ok();
    let subscription = parsed.and_then(|id| id.subscription).unwrap_or_default();
    let of = Of {
        tenant: callers.main.tenant_id.clone(),
        caller: callers.main.object_id.clone(),
        subscription: subscription.to_ascii_lowercase(),
        resource: resource.to_owned(),
    };
    let now = context.clock.now();
    let id = context.operations.begin(state, now, of, finish);
    Begun { id, place }
}

impl Begun {
    /// Adds the headers that announce the operation to the first answer.
    pub fn announce(&self, request: &Request, style: Style, reply: Reply) -> Reply {
        let status = || address(request, &self.place, "operations", &self.id);
        let result = || address(request, &self.place, "operationResults", &self.id);
        let reply = match style {
            Style::AzureAsyncOperation => reply.with("azure-asyncoperation", status()),
            Style::Location => Reply::empty(StatusCode::ACCEPTED).with("location", result()),
            Style::Both => reply
                .with("azure-asyncoperation", status())
                .with("location", result()),
        };
        reply.with("retry-after", "1")
    }
}

/// The URL of an operation on a resource.
pub fn url(request: &Request, state: &State, resource: &str, kind: &str, id: &str) -> String {
    address(request, &place(state, resource), kind, id)
}

fn address(request: &Request, place: &str, kind: &str, id: &str) -> String {
    let version = request.query("api-version").unwrap_or_default();
    // Resource groups have no provider and no location in their URLs.
    let kind = if place.contains("/locations/") {
        kind
    } else {
        "operationresults"
    };
    format!("https://management.azure.com{place}/{kind}/{id}?api-version={version}")
}

/// What stands before `operations` in the URL.
fn place(state: &State, resource: &str) -> String {
    let Ok(id) = ResourceId::parse(resource) else {
        return String::new();
    };
    let subscription = match &id.subscription {
        Some(subscription) => format!("/subscriptions/{subscription}"),
        None => String::new(),
    };
    if id.resource_type == crate::store::RESOURCE_GROUPS {
        return subscription;
    }
    let namespace = id.resource_type.split('/').next().unwrap_or_default();
    let location = location(state, resource);
    format!("{subscription}/providers/{namespace}/locations/{location}")
}

/// The location of a resource or of what it is in; `global` when none has one.
fn location(state: &State, resource: &str) -> String {
    let mut current = Some(resource.to_owned());
    while let Some(id) = current {
        let found = state.resource(&id).and_then(|it| it.body.get("location"));
        if let Some(location) = found.and_then(Value::as_str) {
            return location.replace(' ', "").to_ascii_lowercase();
        }
        let parsed = ResourceId::parse(&id).ok();
        current = parsed.and_then(|id| id.parent().map(str::to_owned));
    }
    "global".to_owned()
}

fn status(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let Some(seen) = poll(context, request, caller) else {
        return not_found(request);
    };
    let mut body = json!({
        "id": request.path,
        "name": request.parameter("operationId"),
        "status": "InProgress",
        "startTime": rfc3339(seen.began),
    });
    if let Some((at, ending)) = seen.ended {
        body["endTime"] = json!(rfc3339(at));
        match ending {
            Ending::Succeeded(_) => body["status"] = json!("Succeeded"),
            Ending::Canceled => body["status"] = json!("Canceled"),
            Ending::Failed { code, message } => {
                body["status"] = json!("Failed");
                body["error"] = json!({"code": code, "message": message});
            }
        }
    }
    Reply::ok(&body).with("retry-after", "1")
}

fn result(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let Some(seen) = poll(context, request, caller) else {
        return not_found(request);
    };
    match seen.ended {
        None => Reply::empty(StatusCode::ACCEPTED)
            .with("location", here(request))
            .with("retry-after", "1"),
        Some((_, Ending::Succeeded(Some(body)))) => Reply::ok(&body),
        Some((_, Ending::Succeeded(None))) if seen.of.ends_with_ok() => {
            Reply::empty(StatusCode::OK)
        }
        Some((_, Ending::Succeeded(None))) => Reply::empty(StatusCode::NO_CONTENT),
        Some((_, Ending::Failed { code, message })) => error(StatusCode::CONFLICT, &code, &message),
        Some((_, Ending::Canceled)) => error(
            StatusCode::CONFLICT,
            "OperationCanceled",
            "the operation was cancelled: what it worked on is gone",
        ),
    }
}

/// The operation, when the caller began it and the path is in its subscription.
fn poll(context: &Context, request: &Request, caller: Option<&Caller>) -> Option<Seen> {
    let id = request.parameter("operationId");
    let of = context.operations.of(id)?;
    let caller = caller?;
    let own = of.tenant == caller.tenant_id && of.caller == caller.object_id;
    let here = request.parameter("subscriptionId").to_ascii_lowercase() == of.subscription;
    (own && here).then(|| context.operations.poll(context, id))?
}

fn here(request: &Request) -> String {
    let version = request.query("api-version").unwrap_or_default();
    format!(
        "https://{}{}?api-version={version}",
        request.host, request.path
    )
}

/// The text is ours.
fn not_found(request: &Request) -> Reply {
    let id = request.parameter("operationId");
    let message = format!("The operation '{id:.100}' was not found.");
    error(StatusCode::NOT_FOUND, "OperationNotFound", &message)
}
