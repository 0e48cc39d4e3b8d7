//! THE list of what the control interface has, [`ROUTES`], and the routes that are more than one call.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Control;
use super::change::NotChanged;
use super::state_file::Kept;
use crate::env::{Shell, variables, write};
use crate::faults::wire::KINDS;
use crate::faults::wire::parse::WireFault;
use crate::received::Entry;

/// A value, or a status and a sentence.
pub type Outcome = Result<Value, (StatusCode, String)>;
/// Query parameters.
pub type Query = Vec<(String, String)>;

/// Method, path and what it does.
pub const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/", "this list"),
    // -- where everything is --
    (
        "GET",
        "/coordinates",
        "addresses, as they were printed at the start",
    ),
    (
        "GET",
        "/target",
        "everything a client needs; with vantage= and shell=bash|powershell|json its environment",
    ),
    (
        "POST",
        "/doors",
        "the address to dial for {vantage, address, port}",
    ),
    (
        "POST",
        "/tokens",
        "a token of {principal, scope}; also /token",
    ),
    // -- the state --
    (
        "GET",
        "/state",
        "the state as it is now, as a world; with whole=true all that a file of --state says",
    ),
    ("PUT", "/state", "takes back what GET gave, in either form"),
    ("POST", "/state/save", "writes the file of --state"),
    (
        "POST",
        "/seed",
        "{world}: another world; {add}: a part of one, joined to what is there",
    ),
    (
        "POST",
        "/reset",
        "the world as written, no faults, full budgets, an empty record, the clock at its start",
    ),
    ("POST", "/reload", "reads the world's file again"),
    // -- time --
    ("GET", "/clock", "the mock's time"),
    ("POST", "/clock", "turns it by {advance-seconds}"),
    // -- faults --
    (
        "GET",
        "/faults",
        "what is planted, and the catalogue with the places where it applies",
    ),
    (
        "POST",
        "/faults",
        "plants {fault, at}, or {wire: \"status=503,times=2\"}",
    ),
    (
        "DELETE",
        "/faults",
        "takes all out: the state is the one before the first of them",
    ),
    ("GET", "/faults/wire", "wire faults: planted, and kinds"),
    (
        "POST",
        "/faults/wire",
        "plants {status: 503, host: \"*.vault.azure.net\", times: 2}",
    ),
    (
        "DELETE",
        "/faults/wire",
        "takes wire faults out; one by /faults/wire/NUMBER",
    ),
    ("GET", "/throttling", "budgets"),
    (
        "POST",
        "/throttling",
        "{set: \"documented\" | \"arm-reads=5\" | \"off\"}",
    ),
    ("DELETE", "/throttling", "fills all budgets"),
    // -- what came --
    (
        "GET",
        "/received",
        "the last requests; filters: host, path, method, vantage, status, after (a number)",
    ),
    ("DELETE", "/received", "forgets them"),
];

/// What a path that is not here answers: 405 with the methods that there are, or 404.
pub fn unknown(method: &str, path: &str) -> (StatusCode, String) {
    let there = ROUTES.iter().filter(|(_, it, _)| *it == path);
    let methods: Vec<&str> = there.map(|(method, _, _)| *method).collect();
    if methods.is_empty() {
        let why = format!("the control interface has no {method} {path}; GET / lists what it has");
        return (StatusCode::NOT_FOUND, why);
    }
    let why = format!("{path} takes {}, not {method}", methods.join(", "));
    (StatusCode::METHOD_NOT_ALLOWED, why)
}

/// The list.
pub fn list() -> Value {
    let routes = ROUTES.iter();
    let shown =
        routes.map(|(method, path, about)| json!({"method": method, "path": path, "about": about}));
    json!({"routes": shown.collect::<Vec<_>>()})
}

/// What `POST /seed` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    world: Option<Value>,
    add: Option<Value>,
}

/// Another world, or a part of one.
///
/// # Errors
/// Neither or both were given, or what was given is no world.
pub async fn seed(control: &Control, seed: Seed) -> Outcome {
    match (seed.world, seed.add) {
        (Some(world), None) => control.seed(&world).await,
        (None, Some(part)) => control.add(&part).await,
        _ => {
            let why = "give either world or add".to_owned();
            return Err((StatusCode::BAD_REQUEST, why));
        }
    }
    .map_err(refused)?;
    Ok(summary(control))
}

/// The state: as a world, or to its last field.
///
/// # Errors
/// A query that is not understood, or a time that cannot be written.
pub fn state(control: &Control, query: &Query) -> Outcome {
    let internal = |error: serde_json::Error| {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        (status, error.to_string())
    };
    let asked: Vec<_> = query
        .iter()
        .map(|(k, v)| (k.as_str(), v.as_str()))
        .collect();
    match asked[..] {
        [] | [("whole", "false")] => serde_json::to_value(control.state()).map_err(internal),
        [("whole", "true")] => {
            let text = control.kept().text().map_err(internal)?;
            serde_json::from_slice(&text).map_err(internal)
        }
        _ => {
            let why = "/state takes whole=true and nothing else".to_owned();
            Err((StatusCode::BAD_REQUEST, why))
        }
    }
}

/// Takes back what [`state`] gave.
///
/// # Errors
/// It is neither form; nothing changes.
pub async fn restore(
    control: &Control,
    text: &[u8],
    state: Value,
) -> Result<(), (StatusCode, String)> {
    if state.get("format").is_none() {
        return control.restore(state).await.map_err(refused);
    }
    let kept = Kept::read(text, None).map_err(|why| {
        let why = format!("not a state that can be taken{why}");
        (StatusCode::BAD_REQUEST, why)
    })?;
    control.resume(kept).await.map_err(refused)
}

/// What is there now, in numbers.
pub fn summary(control: &Control) -> Value {
    let resources = control.context().state().resources().count();
    json!({
        "world": control.coordinates().world,
        "resources": resources,
        "planted": control.planted(),
    })
}

/// 400 for what the asker can mend, 409 for what the mock is in the way of.
pub fn refused(why: NotChanged) -> (StatusCode, String) {
    let status = match why {
        NotChanged::World(_) => StatusCode::BAD_REQUEST,
        NotChanged::NoFile | NotChanged::Fault(_) => StatusCode::CONFLICT,
        NotChanged::Listener(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, why.to_string())
}

/// Plants a wire fault.
///
/// # Errors
/// It is none.
pub fn plant_wire(control: &Control, fault: &Value) -> Outcome {
    let fault = WireFault::of_json(fault);
    let fault = fault.map_err(|why| (StatusCode::BAD_REQUEST, why.to_string()))?;
    let number = control.context().wire.plant(fault);
    Ok(json!({"number": number, "wire": control.context().wire.planted()}))
}

/// Takes one out, or all.
///
/// # Errors
/// There is none of that number.
pub fn heal_wire(control: &Control, number: Option<&str>) -> Outcome {
    let wire = &control.context().wire;
    match number {
        None => wire.heal_all(),
        Some(number) if number.parse().is_ok_and(|number| wire.heal(number)) => {}
        Some(number) => {
            let why = format!("no wire fault has the number {number}");
            return Err((StatusCode::NOT_FOUND, why));
        }
    }
    Ok(json!({"wire": wire.planted()}))
}

/// Wire faults that are planted, and the kinds.
pub fn wire(control: &Control) -> Value {
    let kinds = KINDS.iter().map(
        |kind| json!({"kind": kind.id, "about": kind.about, "value": kind.value, "dns": kind.dns}),
    );
    let planted = control.context().wire.planted();
    json!({"wire": planted, "kinds": kinds.collect::<Vec<_>>()})
}

/// Requests that fit all filters.
///
/// # Errors
/// A filter is unknown or malformed.
pub fn received(control: &Control, query: &Query) -> Outcome {
    let mut entries = control.received();
    for (filter, value) in query {
        let fits = filter_of(filter, value)?;
        entries.retain(|entry| fits(entry));
    }
    Ok(json!({"requests": entries}))
}

type Fits = Box<dyn Fn(&Entry) -> bool>;

fn filter_of(filter: &str, value: &str) -> Result<Fits, (StatusCode, String)> {
    let malformed = || {
        (
            StatusCode::BAD_REQUEST,
            format!("{filter} is a number, not {value}"),
        )
    };
    let text = value.to_owned();
    Ok(match filter {
        "host" => Box::new(move |it| it.host.eq_ignore_ascii_case(&text)),
        "method" => Box::new(move |it| it.method.as_str().eq_ignore_ascii_case(&text)),
        "vantage" => Box::new(move |it| it.vantage == text),
        "path" => {
            let text = text.to_ascii_lowercase();
            Box::new(move |it| it.path.to_ascii_lowercase().contains(&text))
        }
        "status" => {
            let status: u16 = value.parse().map_err(|_| malformed())?;
            Box::new(move |it| it.status == status)
        }
        "after" => {
            let number: u64 = value.parse().map_err(|_| malformed())?;
            Box::new(move |it| it.number > number)
        }
        other => {
            let why = format!(
                "unknown filter {other}; filters are host, path, method, vantage, status, after"
            );
            return Err((StatusCode::BAD_REQUEST, why));
        }
    })
}

/// Everything a client needs; with a shell, the environment as text.
///
/// # Errors
/// No such vantage or shell.
pub fn target(control: &Arc<Control>, query: &Query) -> Outcome {
    let coordinates = control.coordinates();
    let get = |name: &str| {
        query
            .iter()
            .find(|(it, _)| it == name)
            .map(|(_, value)| value.as_str())
    };
    let ca_file = get("ca-file")
        .map(PathBuf::from)
        .or_else(|| control.ca_file().cloned());
    let bad = |why: String| (StatusCode::BAD_REQUEST, why);
    let Some(vantage) = get("vantage") else {
        return Ok(overview(control));
    };
    let ca_file = ca_file.ok_or_else(|| {
        bad(
            "the mock was started without --ca-out: give ca-file, where the certificate was stored"
                .to_owned(),
        )
    })?;
    let variables = variables(&coordinates, vantage, &ca_file);
    let variables = variables.map_err(|why| (StatusCode::NOT_FOUND, why.to_string()))?;
    let shell = Shell::from_str(get("shell").unwrap_or("json"), true);
    let shell = shell.map_err(|_| bad("shell is bash, powershell or json".to_owned()))?;
    let text = write(shell, &variables);
    Ok(match shell {
        Shell::Json => {
            json!({"environment": serde_json::from_str::<Value>(&text).unwrap_or_default()})
        }
        Shell::Bash | Shell::PowerShell => json!({"script": text}),
    })
}

fn overview(control: &Control) -> Value {
    let coordinates = control.coordinates();
    let state = control.context().state();
    let tenants = state.tenants.values().map(|tenant| {
        let subscriptions = tenant
            .subscriptions
            .iter()
            .map(|it| json!({"id": it.id, "name": it.name}));
        json!({
            "name": tenant.key,
            "id": tenant.id,
            "domain": tenant.domain,
            "subscriptions": subscriptions.collect::<Vec<_>>(),
        })
    });
    let principals = state
        .principals
        .iter()
        .map(|(name, it)| json!({"name": name, "tenant": it.tenant, "object-id": it.object_id}));
    json!({
        "coordinates": *coordinates,
        "ca-file": control.ca_file(),
        "tenants": tenants.collect::<Vec<_>>(),
        "principals": principals.collect::<Vec<_>>(),
        "authority": "https://login.microsoftonline.com",
        "resource-manager": "https://management.azure.com",
        "graph": "https://graph.microsoft.com",
    })
}
