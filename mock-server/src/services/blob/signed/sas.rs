//! A shared access signature: is it good here and now, and for what?

use time::OffsetDateTime;

use super::super::delegation;
use super::super::errors::Error;
use super::{account_keys, is_signature, strings, times};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::Request;
use crate::store::{AccessPolicy, Resource, State};

/// First version whose signatures are understood: `sip` and `spr` are signed since then.
const FIRST: &str = "2015-04-05";

/// A signature that is good.
#[derive(Debug)]
pub(in super::super) struct Sas {
    pub(super) kind: Kind,
    /// Its letters.
    pub(super) permission: String,
}

#[derive(Debug)]
pub(super) enum Kind {
    /// For the account, of resources of these types: `s`, `c`, `o`.
    Account { types: String },
    /// For a container or a blob, with a key of the account.
    Service,
    /// The same with a key of this user, who must hold the rights as well.
    Delegated(Caller),
}

impl Sas {
    /// Whose rights count beside the letters.
    pub(in super::super) fn user(&self) -> Option<&Caller> {
        match &self.kind {
            Kind::Delegated(user) => Some(user),
            Kind::Account { .. } | Kind::Service => None,
        }
    }
}

/// The signature of a request to this account.
pub(super) fn checked(
    context: &Context,
    state: &State,
    request: &Request,
    account: &Resource,
) -> Result<Sas, Error> {
    let version = of(request, "sv");
    if version < FIRST || version.len() != FIRST.len() {
        return Err(failed("sv is missing or not supported"));
    }
    if let Some(name) = ["sduoid", "sdd"]
        .iter()
        .find(|it| request.query(it).is_some())
    {
        return Err(Error::NOT_IMPLEMENTED.detailed(*name));
    }
    let sas = if request.query("ss").is_some() || request.query("srt").is_some() {
        for_account(context, request, account)?
    } else {
        for_resource(context, state, request, account)?
    };
    if !["", "https", "https,http"].contains(&of(request, "spr")) {
        return Err(failed("spr is not well formed"));
    }
    check_address(request)?;
    Ok(sas)
}

fn for_account(context: &Context, request: &Request, account: &Resource) -> Result<Sas, Error> {
    let keys = account_keys(context, account)?;
    let text = strings::account(&account.name, |name| of(request, name));
    check_signature(request, &keys, text)?;
    check_time(context, of(request, "st"), of(request, "se"))?;
    if !of(request, "ss").contains('b') {
        return Err(Error::SERVICE_MISMATCH);
    }
    Ok(Sas {
        kind: Kind::Account {
            types: of(request, "srt").to_owned(),
        },
        permission: of(request, "sp").to_owned(),
    })
}

fn for_resource(
    context: &Context,
    state: &State,
    request: &Request,
    account: &Resource,
) -> Result<Sas, Error> {
    let resource = resource(request)?;
    let text = strings::of_request(request, &account.name, &resource);
    if request.query("skoid").is_some() {
        let (user, key) = delegated(context, state, request, account)?;
        check_signature(request, &[key], text)?;
        check_time(context, of(request, "st"), of(request, "se"))?;
        return Ok(Sas {
            kind: Kind::Delegated(user),
            permission: of(request, "sp").to_owned(),
        });
    }
    let keys = account_keys(context, account)?;
    check_signature(request, &keys, text)?;
    let policy = policy(state, request, account)?;
    let stored = policy.as_ref();
    let start = signed_or_stored(request, "st", stored.and_then(|it| it.start.as_ref()))?;
    let expiry = signed_or_stored(request, "se", stored.and_then(|it| it.expiry.as_ref()))?;
    check_time(context, start, expiry)?;
    let permission = signed_or_stored(request, "sp", stored.and_then(|it| it.permission.as_ref()))?;
    Ok(Sas {
        kind: Kind::Service,
        permission: permission.to_owned(),
    })
}

/// What the signature says, or the stored policy.
fn signed_or_stored<'a>(
    request: &'a Request,
    name: &str,
    stored: Option<&'a String>,
) -> Result<&'a str, Error> {
    match (request.query(name), stored) {
        (Some(_), Some(_)) => Err(failed(
            "Access policy fields can be associated with signature or SAS identifier but not both",
        )),
        (given, stored) => Ok(given.or(stored.map(String::as_str)).unwrap_or_default()),
    }
}

/// What the signature is for, as it is signed: the container or the blob that the request names.
fn resource(request: &Request) -> Result<String, Error> {
    let container = request.parameter("containerName");
    let blob = request.parameter("blob");
    if container.is_empty() {
        return Err(failed(
            "sr is of a container or a blob, and the request is for the account",
        ));
    }
    match of(request, "sr") {
        "c" => Ok(container.to_owned()),
        "bs" if request.query("snapshot").is_none() => Err(failed("sr is of a snapshot")),
        "b" | "bs" if !blob.is_empty() => Ok(format!("{container}/{blob}")),
        "d" => Err(Error::NOT_IMPLEMENTED.detailed("sr=d")),
        _ => Err(failed("sr is not that of the resource")),
    }
}

/// The stored policy of the container that `si` names.
fn policy(
    state: &State,
    request: &Request,
    account: &Resource,
) -> Result<Option<AccessPolicy>, Error> {
    let Some(id) = request.query("si") else {
        return Ok(None);
    };
    let container = state.container(&account.name, request.parameter("containerName"));
    let policies = container.into_iter().flat_map(|it| &it.policies);
    let found = policies.into_iter().find(|it| it.id == id).cloned();
    found
        .map(Some)
        .ok_or_else(|| failed("the stored access policy that si names does not exist"))
}

/// The user whose key signed, and the key (rest-api `storageservices/create-user-delegation-sas`).
fn delegated(
    context: &Context,
    state: &State,
    request: &Request,
    account: &Resource,
) -> Result<(Caller, String), Error> {
    let (object, tenant) = (of(request, "skoid"), of(request, "sktid"));
    if !tenant.eq_ignore_ascii_case(&account.tenant) {
        return Err(failed("sktid is not the tenant of the account"));
    }
    if of(request, "sks") != "b" {
        return Err(failed("sks is not b"));
    }
    check_time(context, of(request, "skt"), of(request, "ske"))?;
    let known = state.service_principal(&account.tenant, object);
    if !known.is_some_and(crate::world::ServicePrincipal::is_enabled) {
        return Err(failed(
            "the user that skoid names does not exist or is disabled",
        ));
    }
    let user = Caller {
        tenant_id: account.tenant.to_ascii_lowercase(),
        object_id: object.to_ascii_lowercase(),
        app_id: String::new(),
        issuer: String::new(),
        audience: String::new(),
        roles: Vec::new(),
    };
    let times = (of(request, "skt"), of(request, "ske"));
    let key = delegation::value(account, &user, times);
    Ok((user, key))
}

fn check_signature(request: &Request, keys: &[String], text: String) -> Result<(), Error> {
    let texts = [text];
    if is_signature(keys, &texts, of(request, "sig")) {
        return Ok(());
    }
    let [text] = texts;
    Err(failed(&format!(
        "Signature did not match. String to sign used was {text}"
    )))
}

/// Between two times, of which the second must be told.
fn check_time(context: &Context, start: &str, expiry: &str) -> Result<(), Error> {
    let time = |text: &str, name: &str| {
        let parsed: Option<OffsetDateTime> = times::parse(text);
        parsed.ok_or_else(|| failed(&format!("the {name} time '{text:.40}' is not well formed")))
    };
    let now = context.clock.now();
    let has_begun = start.is_empty() || time(start, "start")? <= now;
    if has_begun && now < time(expiry, "expiry")? {
        return Ok(());
    }
    Err(failed(&format!(
        "Signature not valid in the specified time frame: Start [{start}] - Expiry [{expiry}] - Current [{}]",
        crate::clock::rfc3339(now)
    )))
}

/// One address, or the first and the last of some.
fn check_address(request: &Request) -> Result<(), Error> {
    let Some(given) = request.query("sip") else {
        return Ok(());
    };
    let (first, last) = given.split_once('-').unwrap_or((given, given));
    let is_within = first
        .parse::<std::net::IpAddr>()
        .is_ok_and(|first| first <= request.peer.source)
        && last
            .parse::<std::net::IpAddr>()
            .is_ok_and(|last| request.peer.source <= last);
    if is_within {
        Ok(())
    } else {
        Err(Error::SOURCE_ADDRESS_MISMATCH)
    }
}

fn of<'r>(request: &'r Request, name: &str) -> &'r str {
    request.query(name).unwrap_or_default()
}

fn failed(detail: &str) -> Error {
    Error::AUTHENTICATION_FAILED.detailed(detail)
}
