//! Record sets: reading, writing and deleting them, whoever wrote them.
//!
//! A set that a zone group wrote is derived, and can be replaced and deleted like any other. The SOA set of a zone is always
//! there: its records can be changed, host and serial number not. CNAME sets stand alone under their name. Names of record
//! sets keep the case of the first writer and compare without it.

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::record_types::{self, RecordType, TYPES, wrong};
use super::{RECORDS_ALL, record};
use crate::auth::Caller;
use crate::context::Context;
use crate::ids::ResourceId;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, resource_not_found};
use crate::services::arm::write::{
    Body, Patch, Verb, body, conditions, fields, place::require_above, shown,
};
use crate::services::arm::{found, page, shape};
use crate::services::private_dns::ZONES;
use crate::store::{Resource, State};

/// A record set that a path names.
struct Place {
    zone: String,
    zone_name: String,
    kind: &'static RecordType,
    name: String,
    /// Spelled as it is kept.
    id: ResourceId,
}

pub(super) fn get(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let answer = || -> Result<Reply, Reply> {
        let place = Place::of(&state, request)?;
        let set = place.shown(&state);
        let set = set.ok_or_else(|| resource_not_found(&place.id))?;
        Ok(shown(StatusCode::OK, &set))
    };
    answer().unwrap_or_else(|reply| reply)
}

/// Those of a type, or all: by type, then by name.
pub(super) fn list(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let state = context.state();
    let zone = match found::parent(&state, request) {
        Ok(zone) => zone,
        Err(reply) => return reply,
    };
    let last = request.path.rsplit('/').next().unwrap_or_default();
    let everything = last.eq_ignore_ascii_case(RECORDS_ALL);
    let kinds = TYPES
        .iter()
        .filter(|it| everything || it.name.eq_ignore_ascii_case(last));
    let sets = kinds.flat_map(|kind| sets(&state, zone, kind));
    let suffix = request.query("$recordsetnamesuffix").unwrap_or_default();
    let suffix = suffix.to_ascii_lowercase();
    let fits = |set: &Value| {
        let name = set["name"].as_str().unwrap_or_default();
        name.to_ascii_lowercase().ends_with(&suffix)
    };
    page::reply_with_top(request, sets.filter(fits).collect())
}

pub(super) fn put(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    write(context, request, Verb::Put).unwrap_or_else(|reply| reply)
}

pub(super) fn patch(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    write(context, request, Verb::Patch).unwrap_or_else(|reply| reply)
}

pub(super) fn delete(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    erase(context, request).unwrap_or_else(|reply| reply)
}

fn write(context: &Context, request: &Request, verb: Verb) -> Result<Reply, Reply> {
    let given = body::object(request)?;
    let mut state = context.state_mut();
    let place = Place::of(&state, request)?;
    require_above(&state, &place.id)?;
    let before = place.shown(&state);
    let tag = before.as_ref().map(conditions::etag);
    conditions::check(request, tag.as_ref().map(Option::as_deref))?;
    body::fits(&given, &place.id)?;
    let status = match &before {
        Some(_) => StatusCode::OK,
        None if verb == Verb::Patch => return Err(resource_not_found(&place.id)),
        None => StatusCode::CREATED,
    };
    let kept = match before {
        Some(Value::Object(before)) if verb == Verb::Patch => {
            body::patched(before, given, Patch::Merge)
        }
        _ => given,
    };
    let kept = place.prepared(&state, kept)?;
    state
        .put_resource(place.id.as_str(), kept)
        .map_err(|why| bad_request("InvalidResourceId", &why))?;
    let set = place.shown(&state).unwrap_or_default();
    Ok(shown(status, &set))
}

fn erase(context: &Context, request: &Request) -> Result<Reply, Reply> {
    let mut state = context.state_mut();
    let place = Place::of(&state, request)?;
    let before = place.shown(&state);
    let tag = before.as_ref().map(conditions::etag);
    conditions::check(request, tag.as_ref().map(Option::as_deref))?;
    if before.is_none() {
        return Ok(Reply::empty(StatusCode::NO_CONTENT));
    }
    if place.kind.name == "SOA" {
        return Err(wrong("the SOA record set of a zone cannot be deleted"));
    }
    state.remove_resource(place.id.as_str());
    if place.shown(&state).is_some() {
        state.erase_record(&place.zone, &place.name);
    }
    Ok(Reply::empty(StatusCode::OK))
}

impl Place {
    fn of(state: &State, request: &Request) -> Result<Self, Reply> {
        let id = found::parse(&request.path)?;
        let zone = id.parent().and_then(|zone| state.resource(zone));
        let zone = zone.filter(|it| it.is_a(ZONES));
        let (Some(zone), Some(kind)) = (zone, record_types::of(&id.resource_type)) else {
            return Err(found::missing(state, &id));
        };
        let known = state.resource(id.as_str()).map(|it| it.name.clone());
        let name = known.unwrap_or_else(|| id.name.clone());
        Ok(Self {
            zone: zone.id.clone(),
            zone_name: zone.name.clone(),
            kind,
            id: found::parse(&format!("{}/{}/{name}", zone.id, kind.name))?,
            name,
        })
    }

    fn shown(&self, state: &State) -> Option<Value> {
        match self.kind.name {
            "A" => {
                let zone = state.derived().zones.get(&self.zone)?;
                let found = zone.records.get(&self.name.to_ascii_lowercase())?;
                Some(record(zone, found))
            }
            "SOA" => {
                let zone = state.resource(&self.zone).filter(|_| self.name == "@")?;
                Some(authority(state, zone))
            }
            _ => {
                let found = state.resource(self.id.as_str())?;
                Some(by_hand(&self.zone_name, found))
            }
        }
    }

    /// The set as it is kept.
    fn prepared(&self, state: &State, mut body: Body) -> Result<Body, Reply> {
        self.check_name()?;
        fields::object(&body, "/properties")?.ok_or_else(|| fields::missing("/properties"))?;
        self.kind.check(&body)?;
        fields::keep_only(&mut body, &["ttl", "metadata", self.kind.property]);
        body.retain(|key, _| key == "properties");
        let ttl = fields::number(&body, "/properties/ttl")?
            .ok_or_else(|| fields::missing("/properties/ttl"))?;
        if !(1..=i64::from(i32::MAX)).contains(&ttl) {
            return Err(wrong(&format!("the TTL {ttl} is not in 1 to {}", i32::MAX)));
        }
        for (name, value) in fields::object(&body, "/properties/metadata")?
            .into_iter()
            .flatten()
        {
            if !value.is_string() {
                let at = fields::join("properties.metadata", name);
                return Err(wrong(&format!("a string is expected at '{at}'")));
            }
        }
        self.stands_alone(state)?;
        if self.kind.name == "SOA" {
            self.keep_authority(state, &mut body);
        }
        Ok(body)
    }

    /// `@`, or labels of alphanumerics, hyphens and underscores, the first of which may be `*`.
    fn check_name(&self) -> Result<(), Reply> {
        let fits = |(index, label): (usize, &str)| {
            let plain = |it: char| it.is_ascii_alphanumeric() || it == '_' || it == '-';
            (index == 0 && label == "*")
                || ((1..=63).contains(&label.len()) && label.chars().all(plain))
        };
        let apex = self.name == "@";
        let length = self.name.len() + 1 + self.zone_name.len();
        let allowed = match self.kind.name {
            "SOA" => apex,
            "CNAME" => !apex && self.name.split('.').enumerate().all(fits),
            _ => apex || self.name.split('.').enumerate().all(fits),
        };
        if allowed && length <= 253 {
            return Ok(());
        }
        Err(wrong(&format!(
            "the name '{:.300}' is not allowed for a record set of type {}",
            self.name, self.kind.name
        )))
    }

    /// A CNAME set is the only one of its name.
    fn stands_alone(&self, state: &State) -> Result<(), Reply> {
        let key = self.name.to_ascii_lowercase();
        let zone = state.derived().zones.get(&self.zone);
        let clash = zone.is_some_and(|zone| {
            let others = zone.records.contains_key(&key) || zone.others.contains_key(&key);
            match self.kind.name {
                "CNAME" => others,
                _ => zone.aliases.contains_key(&key),
            }
        });
        if !clash {
            return Ok(());
        }
        Err(wrong(&format!(
            "a CNAME record set cannot be beside others under the name '{}'",
            self.name
        )))
    }

    fn keep_authority(&self, state: &State, body: &mut Body) {
        let before = state.resource(&self.zone).map(|it| authority(state, it));
        let before = before.unwrap_or_default();
        let mut kept = before["properties"]["soaRecord"].clone();
        let given = body
            .get("properties")
            .and_then(|it| it.get("soaRecord"))
            .and_then(Value::as_object)
            .cloned();
        for (name, value) in given.unwrap_or_default() {
            if !["host", "serialNumber"].contains(&name.as_str()) {
                kept[name] = value;
            }
        }
        fields::set(body, "soaRecord", kept);
    }
}

fn sets(state: &State, zone: &Resource, kind: &RecordType) -> Vec<Value> {
    match kind.name {
        "A" => {
            let derived = state.derived().zones.get(&zone.id);
            let all = derived.into_iter();
            all.flat_map(|zone| zone.records.values().map(|it| record(zone, it)))
                .collect()
        }
        "SOA" => vec![authority(state, zone)],
        _ => {
            let all = state.children(&zone.id, &kind.arm_type());
            all.map(|it| by_hand(&zone.name, it)).collect()
        }
    }
}

fn by_hand(zone: &str, given: &Resource) -> Value {
    let mut body = Map::new();
    for key in ["id", "name", "type"] {
        let value = given.body.get(key).cloned();
        body.insert(key.to_owned(), value.unwrap_or_default());
    }
    let mut body = Value::Object(body);
    body["properties"] = given.properties().clone();
    shape::default(&mut body, "ttl", json!(3600));
    shape::derive(&mut body, "fqdn", json!(fqdn(&given.name, zone)));
    shape::derive(&mut body, "isAutoRegistered", json!(false));
    body["etag"] = json!(shape::tag(given, &body));
    body
}

/// `name.zone.`, or the zone itself for `@`.
pub(super) fn fqdn(name: &str, zone: &str) -> String {
    if name == "@" {
        format!("{zone}.")
    } else {
        format!("{name}.{zone}.")
    }
}

/// The SOA record set: as in the official example where nobody wrote another.
fn authority(state: &State, zone: &Resource) -> Value {
    let id = format!("{}/SOA/@", zone.id);
    if let Some(given) = state.resource(&id) {
        return by_hand(&zone.name, given);
    }
    let mut body = json!({
        "id": id,
        "name": "@",
        "type": format!("{ZONES}/SOA"),
        "properties": {
            "ttl": 3600,
            "fqdn": fqdn("@", &zone.name),
            "isAutoRegistered": false,
            "soaRecord": {
                "host": "azureprivatedns.net",
                "email": "azureprivatedns-hostmaster.microsoft.com",
                "serialNumber": 1,
                "refreshTime": 3600,
                "retryTime": 300,
                "expireTime": 2_419_200,
                "minimumTtl": 10,
            },
        },
    });
    body["etag"] = json!(shape::tag(zone, &body));
    body
}
