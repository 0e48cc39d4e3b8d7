//! How may a vault be made and changed?
//!
//! Its name is unique in the whole cloud, and stays taken while it can be recovered. It trusts the tenant of its
//! subscription. From api-version 2026-02-01 on a new vault uses roles unless it says otherwise, before that access policies
//! (API.md §4). Soft delete and purge protection cannot be taken back (specification). Written and deleted at once, where
//! Azure registers the name for some seconds (`RegisteringDns`).

use serde_json::{Value, json};

use super::{policies, vault};
use crate::request::Reply;
use crate::services::arm::errors::{bad_request, conflict};
use crate::services::arm::write::linked::subnets_let_in;
use crate::services::arm::write::names::{self, Name};
use crate::services::arm::write::{Body, Kind, Location, Patch, Verb, Write, fields};
use crate::store::{DeletedVault, Resource, State, VAULTS};

/// First api-version whose new vaults use roles.
const FIRST_WITH_ROLES: &str = "2026-02-01";
const KNOWN: &[&str] = &[
    "tenantId",
    "sku",
    "accessPolicies",
    "enabledForDeployment",
    "enabledForDiskEncryption",
    "enabledForTemplateDeployment",
    "enableSoftDelete",
    "softDeleteRetentionInDays",
    "enableRbacAuthorization",
    "createMode",
    "enablePurgeProtection",
    "networkAcls",
    "publicNetworkAccess",
];

/// Vaults.
pub(super) struct Vaults;

impl Kind for Vaults {
    const TYPE: &'static str = VAULTS;
    const NAME: Name = names::ANY;
    const LOCATION: Location = Location::Required;
    const SYSTEM_DATA: bool = true;
    const PATCH: Patch = Patch::Merge;

    fn show(state: &State, given: &Resource) -> Value {
        vault(state, given)
    }

    fn prepare(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
        fields::keep_only(body, KNOWN);
        let mode = fields::one_of(body, "/properties/createMode", &["default", "recover"])?;
        remove(body, "createMode");
        if write.existing.is_none() {
            check_name(&write.id.name)?;
            name_is_free(write)?;
            let deleted = write.state.deleted_vault(&write.id.name, write.now);
            match (mode, deleted) {
                (Some("recover"), Some(deleted)) => return recover(write, body, deleted),
                (Some("recover"), None) => return Err(nothing_to_recover()),
                (_, Some(deleted)) => return Err(still_deleted(write, deleted)),
                (_, None) => {}
            }
        }
        keep(write, body);
        tenant(write, body)?;
        sku(body)?;
        permissions(write, body)?;
        irreversible(write, body)?;
        subnets_let_in(write, body)?;
        network(body)
    }

    fn stored(state: &mut State, id: &str) {
        state.vault_written(id);
    }
}

/// 3 to 24 alphanumerics and hyphens, beginning with a letter, ending with a letter or digit, no two hyphens in a row
/// (azure-docs, `azure-resource-manager/management/resource-name-rules.md`).
pub(super) fn is_name(name: &str) -> bool {
    let plain = |it: char| it.is_ascii_alphanumeric() || it == '-';
    (3..=24).contains(&name.len())
        && name.chars().all(plain)
        && name.starts_with(|it: char| it.is_ascii_alphabetic())
        && !name.ends_with('-')
        && !name.contains("--")
}

/// The text is ours, after those of the other refusals of names.
pub(super) fn name_not_valid(name: &str) -> String {
    format!(
        "The vault name '{name:.100}' is invalid. A vault's name must be between 3-24 alphanumeric characters. The name must begin with a letter, end with a letter or digit, and not contain consecutive hyphens."
    )
}

/// The text is that of captured answers (Azure/azure-powershell #15115).
pub(super) fn already_exists(name: &str) -> String {
    format!(
        "The vault name '{name}' is already in use. Vault names are globaly unique so it is possible that the name is already taken. If you are sure that the vault name was not taken then it is possible that a vault with the same name was recently deleted but not purged after being placed in a recoverable state. If the vault is in a recoverable state then the vault will need to be purged before reusing the name. For more information on soft delete and purging a vault follow this link https://go.microsoft.com/fwlink/?linkid=2147740."
    )
}

fn check_name(name: &str) -> Result<(), Reply> {
    if is_name(name) {
        return Ok(());
    }
    Err(bad_request("VaultNameNotValid", &name_not_valid(name)))
}

fn name_is_free(write: &Write<'_>) -> Result<(), Reply> {
    let name = &write.id.name;
    if write.state.resource_named(VAULTS, name).is_none() {
        return Ok(());
    }
    Err(conflict("VaultAlreadyExists", &already_exists(name)))
}

/// What was deleted comes back as it was (PITFALLS D06), with what else the request says of it.
fn recover(write: &Write<'_>, body: &mut Body, deleted: &DeletedVault) -> Result<(), Reply> {
    if !deleted.vault.id.eq_ignore_ascii_case(write.id.as_str()) {
        return Err(nothing_to_recover());
    }
    let tags = body.get("tags").cloned();
    *body = deleted.vault.body.clone();
    if let Some(tags) = tags {
        body.insert("tags".to_owned(), tags);
    }
    remove(body, "provisioningState");
    // Tells the store that this is no new vault; it takes the mark away.
    fields::set(body, "createMode", "recover");
    Ok(())
}

/// As captured (hashicorp/terraform-provider-azurerm #12972 and others).
fn nothing_to_recover() -> Reply {
    bad_request(
        "SoftDeletedVaultDoesNotExist",
        "A soft deleted vault with the given name does not exist. Ensure that the name for the vault that is being attempted to recover is in a recoverable state.",
    )
}

/// As captured (alan-turing-institute/data-safe-haven #2523); a vault of somebody else is just a name that is taken.
fn still_deleted(write: &Write<'_>, deleted: &DeletedVault) -> Reply {
    let own = deleted.subscription().unwrap_or_default();
    let here = write.id.subscription.as_deref().unwrap_or_default();
    if !own.eq_ignore_ascii_case(here) {
        return conflict("VaultAlreadyExists", &already_exists(&write.id.name));
    }
    conflict(
        "ConflictError",
        "A vault with the same name already exists in deleted state. You need to either recover or purge existing key vault. Follow this link https://go.microsoft.com/fwlink/?linkid=2149745 for more information on soft delete.",
    )
}

/// What a PUT does not say stays as it is.
fn keep(write: &Write<'_>, body: &mut Body) {
    let Some(before) = write.existing else {
        return;
    };
    for property in KNOWN {
        let said = body.get("properties").and_then(|it| it.get(property));
        let kept = before.properties().get(property);
        if let (true, Some(kept)) = (said.is_none_or(Value::is_null), kept)
            && write.verb == Verb::Put
        {
            fields::set(body, property, kept.clone());
        }
    }
}

/// A vault keeps its tenant when a change does not name it; a world need not tell it.
fn tenant(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let is_told = fields::text(body, "/properties/tenantId")?.is_some();
    if let (false, Verb::Patch, Some(before)) = (is_told, write.verb, write.existing) {
        fields::set(body, "tenantId", before.own_tenant());
    }
    let given = fields::required_text(body, "/properties/tenantId")?;
    let own = write.state.tenant_of_scope(write.id.as_str());
    let before = write.existing.map(Resource::own_tenant);
    if [own, before]
        .into_iter()
        .flatten()
        .any(|it| it.eq_ignore_ascii_case(given))
    {
        return Ok(());
    }
    Err(invalid_value("tenantId"))
}

fn sku(body: &mut Body) -> Result<(), Reply> {
    fields::object(body, "/properties/sku")?.ok_or_else(|| fields::missing("/properties/sku"))?;
    let name = fields::one_of(body, "/properties/sku/name", &["standard", "premium"])?;
    let name = name.ok_or_else(|| fields::missing("/properties/sku/name"))?;
    fields::one_of(body, "/properties/sku/family", &["A"])?;
    fields::set(body, "sku", json!({"family": "A", "name": name}));
    Ok(())
}

fn permissions(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    let roles = fields::flag(body, "/properties/enableRbacAuthorization")?;
    let api_version = write.callers.api_version.get(..10).unwrap_or_default();
    if roles.is_none() && write.existing.is_none() && api_version >= FIRST_WITH_ROLES {
        fields::set(body, "enableRbacAuthorization", true);
    }
    let by_roles = fields::flag(body, "/properties/enableRbacAuthorization")?.unwrap_or(false);
    let given = body
        .get("properties")
        .and_then(|it| it.get("accessPolicies"));
    // The official example `createVaultWithNetworkAcls.json` leaves them out, roles or not; null is no list.
    let Some(given) = given else {
        return Ok(());
    };
    if given.is_null() {
        if !by_roles {
            return Err(invalid_value("accessPolicies"));
        }
        return Ok(());
    }
    let tenant = fields::required_text(body, "/properties/tenantId")?.to_owned();
    policies::check(body, &tenant)
}

/// The texts are ours.
fn irreversible(write: &Write<'_>, body: &mut Body) -> Result<(), Reply> {
    for property in [
        "enabledForDeployment",
        "enabledForDiskEncryption",
        "enabledForTemplateDeployment",
    ] {
        fields::flag(body, &format!("/properties/{property}"))?;
    }
    let soft = fields::flag(body, "/properties/enableSoftDelete")?;
    if soft == Some(false) {
        return Err(bad_request(
            "BadRequest",
            "The property \"enableSoftDelete\" cannot be set to false. Enabling the 'soft delete' functionality is an irreversible action.",
        ));
    }
    if fields::flag(body, "/properties/enablePurgeProtection")? == Some(false) {
        return Err(bad_request(
            "BadRequest",
            "The property \"enablePurgeProtection\" cannot be set to false. Enabling the purge protection for a vault is an irreversible action.",
        ));
    }
    let at = "/properties/softDeleteRetentionInDays";
    let Some(days) = fields::number(body, at)? else {
        return Ok(());
    };
    if !(7..=90).contains(&days) {
        return Err(invalid_value("softDeleteRetentionInDays"));
    }
    let before = write.existing.map(|it| {
        let kept = it.property("/softDeleteRetentionInDays");
        kept.and_then(Value::as_i64)
            .unwrap_or(crate::store::RETENTION_DAYS)
    });
    if before.is_some_and(|before| before != days) {
        return Err(bad_request(
            "BadRequest",
            "The property \"softDeleteRetentionInDays\" has been set already and it can't be modified.",
        ));
    }
    Ok(())
}

/// An address in a rule gets its prefix length, as the official example shows.
fn network(body: &mut Body) -> Result<(), Reply> {
    fields::text(body, "/properties/publicNetworkAccess")?;
    if fields::object(body, "/properties/networkAcls")?.is_none() {
        return Ok(());
    }
    let at = |inside: &str| format!("/properties/networkAcls/{inside}");
    fields::one_of(body, &at("bypass"), &["AzureServices", "None"])?;
    fields::one_of(body, &at("defaultAction"), &["Allow", "Deny"])?;
    fields::array(body, &at("virtualNetworkRules"))?;
    let count = fields::array(body, &at("ipRules"))?.len();
    for index in 0..count {
        let value = fields::required_text(body, &at(&format!("ipRules/{index}/value")))?;
        if value.parse::<std::net::Ipv4Addr>().is_ok() {
            let long = json!(format!("{value}/32"));
            let pointer = format!("/networkAcls/ipRules/{index}/value");
            let properties = body.get_mut("properties");
            if let Some(value) = properties.and_then(|it| it.pointer_mut(&pointer)) {
                *value = long;
            }
        }
    }
    Ok(())
}

fn remove(body: &mut Body, property: &str) {
    if let Some(properties) = body.get_mut("properties").and_then(Value::as_object_mut) {
        properties.shift_remove(property);
    }
}

/// As captured for `tenantId`, with the code `BadRequest`; for other properties ours.
pub(super) fn invalid_value(property: &str) -> Reply {
    bad_request(
        "BadRequest",
        &format!("An invalid value was provided for '{property}'."),
    )
}
