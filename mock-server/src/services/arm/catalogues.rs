//! What a client asks before it makes something: kinds of storage accounts, regions for apps, a free name for a management
//! group.
//!
//! Shapes: azure-rest-api-specs `storage.json` (`StorageSkuListResult`), `WebApps` (`GeoRegionCollection`) and `management.json`
//! (`CheckNameAvailabilityResult`), which are not at hand or cut.

use serde_json::{Value, json};

use super::locations::LOCATIONS;
use super::page;
use super::write::{body, fields};
use crate::auth::Caller;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::world::ManagementGroup;

/// Name, tier and kind of each sort of account (azure-docs, `storage/common/storage-account-overview.md`).
const SKUS: &[(&str, &str, &str)] = &[
    ("Standard_LRS", "Standard", "StorageV2"),
    ("Standard_GRS", "Standard", "StorageV2"),
    ("Standard_RAGRS", "Standard", "StorageV2"),
    ("Standard_ZRS", "Standard", "StorageV2"),
    ("Standard_GZRS", "Standard", "StorageV2"),
    ("Standard_RAGZRS", "Standard", "StorageV2"),
    ("Premium_LRS", "Premium", "BlockBlobStorage"),
    ("Premium_ZRS", "Premium", "BlockBlobStorage"),
];
/// Most characters of a management group's id (azure-docs, `resource-name-rules.md`).
const LONGEST: usize = 90;

/// `Skus_List`: each sort in each region, without capabilities and restrictions.
pub(super) fn storage_skus(_: &Context, _: &Request, _: Option<&Caller>) -> Reply {
    let sku = |(name, tier, kind): &(&str, &str, &str), location: &str| {
        json!({
            "resourceType": "storageAccounts",
            "name": name,
            "tier": tier,
            "kind": kind,
            "locations": [location],
            "capabilities": [],
            "restrictions": [],
        })
    };
    let all = SKUS
        .iter()
        .flat_map(|it| LOCATIONS.iter().map(move |place| sku(it, place.name)));
    page::single(all.collect())
}

/// `ListGeoRegions`.
pub(super) fn geo_regions(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let subscription = request.parameter("subscriptionId");
    let region = |name: &str| -> Value {
        json!({
            "id": format!("/subscriptions/{subscription}/providers/Microsoft.Web/geoRegions/{name}"),
            "name": name,
            "type": "Microsoft.Web/geoRegions",
            "properties": {"name": name, "description": null, "displayName": name},
        })
    };
    page::single(LOCATIONS.iter().map(|it| region(it.display_name)).collect())
}

/// `CheckZonePeers`: no region of the mock has zones.
pub(super) fn zone_peers(_: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let location = fields::required_text(&given, "/location")?;
        Ok(Reply::ok(&json!({
            "subscriptionId": request.parameter("subscriptionId"),
            "location": location,
            "availabilityZonePeers": [],
        })))
    };
    answer().unwrap_or_else(|refused| refused)
}

/// `CheckNameAvailability` of management groups: the names of the caller's tenant are taken.
pub(super) fn group_name(context: &Context, request: &Request, caller: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let name = fields::required_text(&given, "/name")?;
        fields::one_of(&given, "/type", &["Microsoft.Management/managementGroups"])?;
        let fits = |it: char| it.is_ascii_alphanumeric() || "-_().".contains(it);
        if name.chars().count() > LONGEST || !name.chars().all(fits) || name.ends_with('.') {
            let message = format!("'{name:.100}' is no id of a management group");
            return Ok(unavailable("Invalid", &message));
        }
        let state = context.state();
        let taken = state.resource(&ManagementGroup::id_of(name));
        let own =
            taken.filter(|it| caller.is_some_and(|caller| it.own_tenant() == caller.tenant_id));
        Ok(match own {
            Some(_) => unavailable(
                "AlreadyExists",
                "The group with the specified name already exists",
            ),
            None => Reply::ok(&json!({"nameAvailable": true})),
        })
    };
    answer().unwrap_or_else(|refused| refused)
}

fn unavailable(reason: &str, message: &str) -> Reply {
    Reply::ok(&json!({"nameAvailable": false, "reason": reason, "message": message}))
}

#[cfg(test)]
mod tests {
    use http::Method;
    use serde_json::json;

    use super::super::tests::{HOME_SUBSCRIPTION, arm};
    use super::{LOCATIONS, SKUS};
    use crate::services::testing::{example, writable, write};

    #[test]
    fn each_sort_of_account_is_offered_in_each_region() {
        let context = example();
        let skus = format!("{HOME_SUBSCRIPTION}/providers/Microsoft.Storage/skus");
        let found = arm(&context, &skus).ok();
        let all = found["value"].as_array().unwrap();
        assert_eq!(all.len(), SKUS.len() * LOCATIONS.len());
        let regions = format!("{HOME_SUBSCRIPTION}/providers/Microsoft.Web/geoRegions");
        let found = arm(&context, &regions).ok();
        assert!(
            found["value"]
                .as_array()
                .unwrap()
                .iter()
                .any(|it| it["name"] == "Japan East")
        );
    }

    #[test]
    fn names_of_management_groups_are_free_taken_or_none() {
        let context = writable();
        let group = "/providers/Microsoft.Management/managementGroups/taken";
        let body = json!({"name": "taken", "type": "Microsoft.Management/managementGroups", "properties": {"tenantId": crate::services::testing::HOME}});
        let body = body.as_object().unwrap().clone();
        context.state_mut().put_resource(group, body).unwrap();
        let ask = |name: &str| {
            let path = "/providers/Microsoft.Management/checkNameAvailability";
            let body = json!({"name": name, "type": "Microsoft.Management/managementGroups"});
            let answer = write(&context, Method::POST, path).body(&body).ok();
            (
                answer["nameAvailable"].as_bool().unwrap(),
                answer["reason"].as_str().map(str::to_owned),
            )
        };
        assert_eq!(ask("free"), (true, None));
        assert_eq!(ask("no name"), (false, Some("Invalid".to_owned())));
        let (is_free, reason) = ask("taken");
        assert!(!is_free, "{reason:?}");
    }
}
