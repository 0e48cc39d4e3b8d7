//! How may a storage account be made and changed?
//!
//! Its name is unique in the whole cloud. Kind and SKU are needed, and a change of the kind is not built. What a write does
//! not say stays as it is ("the account properties will be updated", specification, `StorageAccounts_Create`). A new account
//! is made by a long-running operation; its deletion takes its blobs with it.

use serde_json::{Value, json};

use super::account;
use crate::auth::Caller;
use crate::clock::rfc3339;
use crate::context::Context;
use crate::request::{Reply, Request};
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::operations::Style;
use crate::services::arm::write::body::invalid;
use crate::services::arm::write::linked::subnets_let_in;
use crate::services::arm::write::names::{self, Name};
use crate::services::arm::write::{Body, Kind, Location, Manner, Patch, Write, body, fields};
use crate::store::{Resource, State};

/// ARM type of storage accounts.
pub(super) const ACCOUNTS: &str = "Microsoft.Storage/storageAccounts";
/// Specification, definition `Sku`; names of later versions are taken when they have the same form.
const SKUS: &[&str] = &["Standard_", "Premium_", "StandardV2_", "PremiumV2_"];
const KINDS: &[&str] = &[
    "Storage",
    "StorageV2",
    "BlobStorage",
    "FileStorage",
    "BlockBlobStorage",
];
/// Azure's to say.
const READ_ONLY: &[&str] = &[
    "primaryEndpoints",
    "primaryLocation",
    "statusOfPrimary",
    "secondaryEndpoints",
    "secondaryLocation",
    "statusOfSecondary",
    "privateEndpointConnections",
    "keyCreationTime",
    "creationTime",
    "lastGeoFailoverTime",
    "geoReplicationStats",
    "failoverInProgress",
    "isSkuConversionBlocked",
    "accountMigrationInProgress",
    "blobRestoreStatus",
];
const FLAGS: &[&str] = &[
    "supportsHttpsTrafficOnly",
    "allowBlobPublicAccess",
    "allowSharedKeyAccess",
    "allowCrossTenantReplication",
    "defaultToOAuthAuthentication",
    "isHnsEnabled",
    "isSftpEnabled",
    "isNfsV3Enabled",
    "isLocalUserEnabled",
];

/// Storage accounts.
pub(super) struct Accounts;

impl Kind for Accounts {
    const TYPE: &'static str = ACCOUNTS;
    const NAME: Name = names::ANY;
    const LOCATION: Location = Location::Required;
    const PUT: Manner = Manner::Operation(Style::Location);
    const PATCH: Patch = Patch::Merge;
    const CREATING: &'static str = "Creating";

    fn show(state: &State, given: &Resource) -> Value {
        account(state, given)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
            properties.retain(|key, _| !READ_ONLY.contains(&key.as_str()));
        }
        if write.existing.is_none() {
            new_name(write)?;
        }
        keep(write, body);
        sku_and_kind(body)?;
        network(body)?;
        subnets_let_in(write, body)?;
        let created = write
            .existing
            .and_then(|it| it.properties().get("creationTime").cloned());
        if write.existing.is_none() || created.is_some() {
            let now = || json!(rfc3339(write.now));
            fields::set(body, "creationTime", created.unwrap_or_else(now));
        }
        Ok(())
    }
}

/// `StorageAccounts_CheckNameAvailability`.
pub(super) fn check_name(context: &Context, request: &Request, _: Option<&Caller>) -> Reply {
    let answer = || -> Result<Reply, Reply> {
        let given = body::object(request)?;
        let name = fields::required_text(&given, "/name")?;
        let taken = context.state().resource_named(ACCOUNTS, name).is_some();
        let reason = if !is_name(name) {
            Some(("AccountNameInvalid", not_a_name(name)))
        } else {
            taken.then(|| ("AlreadyExists", already_taken(name)))
        };
        let body = match reason {
            None => json!({"nameAvailable": true}),
            Some((reason, message)) => {
                json!({"nameAvailable": false, "reason": reason, "message": message})
            }
        };
        Ok(Reply::ok(&body))
    };
    answer().unwrap_or_else(|reply| reply)
}

fn is_name(name: &str) -> bool {
    let plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit();
    (3..=24).contains(&name.len()) && name.chars().all(plain)
}

/// As captured (Azure/azure-cli #10020, Azure/AzureMonitorStarterPacks #171).
fn not_a_name(name: &str) -> String {
    format!(
        "{name:.100} is not a valid storage account name. Storage account name must be between 3 and 24 characters in length and use numbers and lower-case letters only."
    )
}

fn already_taken(name: &str) -> String {
    format!("The storage account named {name} is already taken.")
}

fn new_name(write: &Write<'_>) -> Result<(), Reply> {
    let name = &write.id.name;
    if !is_name(name) {
        return Err(bad_request("AccountNameInvalid", &not_a_name(name)));
    }
    if write.state.resource_named(ACCOUNTS, name).is_some() {
        return Err(conflict("StorageAccountAlreadyTaken", &already_taken(name)));
    }
    Ok(())
}

fn keep(write: &Write<'_>, body: &mut Body) {
    let Some(before) = write.existing else {
        return;
    };
    for key in ["sku", "kind", "tags", "identity"] {
        if let Some(kept) = before.body.get(key)
            && !body.contains_key(key)
        {
            body.insert(key.to_owned(), kept.clone());
        }
    }
    for (property, kept) in before.properties().as_object().into_iter().flatten() {
        let said = body.get("properties").and_then(|it| it.get(property));
        if said.is_none() && property != "provisioningState" {
            fields::set(body, property, kept.clone());
        }
    }
}

fn sku_and_kind(body: &mut Body) -> Result<(), Reply> {
    let name = fields::required_text(body, "/sku/name")?.to_owned();
    if !SKUS.iter().any(|it| name.starts_with(it)) {
        return Err(invalid(&format!(
            "'{name:.50}' at 'sku.name' is no SKU of storage accounts"
        )));
    }
    let kind = fields::one_of(body, "/kind", KINDS)?.ok_or_else(|| fields::missing("/kind"))?;
    body.insert("kind".to_owned(), json!(kind));
    body.insert("sku".to_owned(), json!({"name": name}));
    Ok(())
}

fn network(body: &Body) -> Result<(), Reply> {
    for flag in FLAGS {
        fields::flag(body, &format!("/properties/{flag}"))?;
    }
    let access = ["Enabled", "Disabled", "SecuredByPerimeter"];
    fields::one_of(body, "/properties/publicNetworkAccess", &access)?;
    fields::text(body, "/properties/minimumTlsVersion")?;
    if fields::object(body, "/properties/networkAcls")?.is_none() {
        return Ok(());
    }
    let at = |inside: &str| format!("/properties/networkAcls/{inside}");
    let action = fields::one_of(body, &at("defaultAction"), &["Allow", "Deny"])?;
    action.ok_or_else(|| fields::missing(&at("defaultAction")))?;
    fields::text(body, &at("bypass"))?;
    fields::array(body, &at("virtualNetworkRules"))?;
    let count = fields::array(body, &at("ipRules"))?.len();
    (0..count).try_for_each(|index| {
        fields::required_text(body, &at(&format!("ipRules/{index}/value"))).map(|_| ())
    })
}
