//! Which zones may a zone group write into?
//!
//! An endpoint has one group, a group at most five zones (azure-docs, `private-link/private-endpoint-dns.md`). The zones
//! exist and the caller may join them. The records are derived: they appear with the approval and go with the group.

use http::StatusCode;
use serde_json::{Value, json};

use super::group;
use crate::request::Reply;
use crate::services::arm::errors::bad_request;
use crate::services::arm::operations::Style;
use crate::services::arm::write::linked::not_there;
use crate::services::arm::write::{Body, Kind, Manner, Write, fields};
use crate::services::private_dns::ZONES;
use crate::services::private_endpoint::ZONE_GROUPS;
use crate::store::{Resource, State};

const MOST_ZONES: usize = 5;

/// Zone groups.
pub(super) struct Groups;

impl Kind for Groups {
    const TYPE: &'static str = ZONE_GROUPS;
    const PUT: Manner = Manner::Operation(Style::AzureAsyncOperation);
    const DELETE: Manner = Manner::Operation(Style::Both);

    fn show(state: &State, given: &Resource) -> Value {
        group(state, given)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, &["privateDnsZoneConfigs"]);
        only_one(write)?;
        let count = fields::array(body, "/properties/privateDnsZoneConfigs")?.len();
        if count > MOST_ZONES {
            let message =
                format!("a zone group has at most {MOST_ZONES} zones, {count} were given");
            return Err(bad_request("TooManyPrivateDnsZoneConfigs", &message));
        }
        let configs: Result<Vec<Value>, Reply> =
            (0..count).map(|index| config(write, body, index)).collect();
        let configs = configs?;
        names_differ(write, &configs)?;
        fields::set(body, "privateDnsZoneConfigs", configs);
        Ok(())
    }
}

/// The text is that of a captured answer (pulumi/pulumi-azure-native #2179), the code is ours.
fn only_one(write: &Write<'_>) -> Result<(), Reply> {
    let endpoint = write.id.parent().unwrap_or_default();
    let mut groups = write.state.children(endpoint, ZONE_GROUPS);
    if groups.all(|it| it.id.eq_ignore_ascii_case(write.id.as_str())) {
        return Ok(());
    }
    let name = endpoint.rsplit('/').next().unwrap_or_default();
    let message = format!(
        "Cannot create more than one private dns zone groups in the private endpoint {name}"
    );
    Err(bad_request("BadRequest", &message))
}

fn config(write: &Write<'_>, body: &Body, index: usize) -> Result<Value, Reply> {
    let at = |inside: &str| format!("/properties/privateDnsZoneConfigs/{index}{inside}");
    let zone = fields::required_text(body, &at("/properties/privateDnsZoneId"))?;
    let property = format!("properties.privateDnsZoneConfigs[{index}].properties.privateDnsZoneId");
    let action = "Microsoft.Network/privateDnsZones/join/action";
    let id = write.linked(&property, zone, action)?;
    let found = write.state.resource(zone).filter(|it| it.is_a(ZONES));
    if found.is_none() {
        return Err(not_there(write, zone));
    }
    let name = fields::text(body, &at("/name"))?.filter(|it| !it.is_empty());
    let name = name.map_or_else(|| id.name.replace('.', "-"), str::to_owned);
    Ok(json!({"name": name, "properties": {"privateDnsZoneId": zone}}))
}

/// As captured (hashicorp/terraform-provider-azurerm #28966).
fn names_differ(write: &Write<'_>, configs: &[Value]) -> Result<(), Reply> {
    let mut seen = std::collections::BTreeSet::new();
    for name in configs.iter().filter_map(|it| it["name"].as_str()) {
        if !seen.insert(name.to_ascii_lowercase()) {
            let id = write.id;
            let detail = json!({
                "code": "DuplicateResourceName",
                "message": format!("Resource {id} has two child resources with the same name ({name})."),
            });
            let error = json!({"code": "InvalidRequestFormat", "message": "Cannot parse the request.", "details": [detail]});
            return Err(Reply::json(
                StatusCode::BAD_REQUEST,
                &json!({"error": error}),
            ));
        }
    }
    Ok(())
}
