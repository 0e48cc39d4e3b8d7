//! What do a vault's access policies permit, and why not what is needed? (PITFALLS C25, C26)
//!
//! A policy counts for the principal that it names, in the tenant that the vault trusts; one with an `applicationId` is
//! for users of an application, never for the application itself.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::matching::Needed;
use super::{Assignment, RoleAssigned, Seen, vault_of};
use crate::checks::wire::{lenient, list_of};
use crate::outcome::Reason;

/// One access policy of a vault, as ARM writes it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Policy {
    #[serde(deserialize_with = "lenient")]
    pub(super) tenant_id: String,
    #[serde(deserialize_with = "lenient")]
    pub(super) object_id: String,
    /// Present when the policy is for users of this application, not for the application itself.
    #[serde(deserialize_with = "lenient")]
    pub(super) application_id: String,
    /// By kind: `secrets`, `keys`, `certificates`.
    #[serde(deserialize_with = "lenient")]
    pub(super) permissions: std::collections::BTreeMap<String, Option<Vec<String>>>,
}

impl RoleAssigned {
    /// Whether the vault's policies, not roles, decide about this action.
    pub(super) fn asks_policies(&self, seen: &Seen, needed: Needed<'_>) -> bool {
        seen.policies.is_some() && matches!(needed, Needed::Data(_))
    }

    /// Whether a policy is for the principal and counts.
    pub(super) fn is_mine(&self, seen: &Seen, policy: &Policy) -> bool {
        self.names_me(seen, policy)
            && policy.is_of_tenant(&seen.vault_tenant)
            && !policy.is_for_users()
    }

    /// Whether a policy names the principal or one of its groups, counting or not.
    pub(super) fn names_me(&self, seen: &Seen, policy: &Policy) -> bool {
        let own = |id: &str| id.eq_ignore_ascii_case(&policy.object_id);
        own(self.principal.as_str()) || seen.groups.iter().any(|group| own(group))
    }

    /// The vault's policies without those of other tenants, and the one that was meant for the principal put right.
    fn policies_without_others(&self, seen: &Seen, meant: &Policy) -> Value {
        let all = seen.policies.iter().flatten();
        let counting = all.filter(|own| own.is_of_tenant(&seen.vault_tenant));
        let right = Policy {
            tenant_id: seen.vault_tenant.clone(),
            ..meant.clone()
        };
        let others = counting.filter(|own| !own.is_for(&right));
        let entries: Vec<Value> = others.chain([&right]).map(Policy::body).collect();
        json!({"properties": {"accessPolicies": entries}})
    }

    /// Why no policy permits what is needed. A policy that was meant for it says more than a role that is not asked.
    pub(super) fn lacking_policy(
        &self,
        seen: &Seen,
        own: &[Assignment],
        needed: Needed<'_>,
    ) -> Reason {
        let policies = seen.policies.as_deref().unwrap_or_default();
        let (kind, verb) = policy_terms(needed.name());
        let vault = vault_of(&self.scope).unwrap_or_else(|| self.scope.clone());
        let reason = |cause| {
            let option = format!("--{}-permissions", kind.trim_end_matches('s'));
            Reason::new(cause)
                .with("vault", &vault)
                .with("policy-permission", &verb)
                .with("policy-option", option)
        };
        let permitting = || {
            policies
                .iter()
                .filter(|policy| policy.permits(needed.name()))
        };
        let for_me = || permitting().filter(|policy| self.names_me(seen, policy));
        let kin = permitting().find_map(|policy| {
            Some((
                policy,
                seen.kin.iter().find(|kin| kin.is(&policy.object_id))?,
            ))
        });
        if let Some(policy) = for_me().find(|policy| !policy.is_of_tenant(&seen.vault_tenant)) {
            reason("policy-of-another-tenant")
                .observed(&policy.tenant_id)
                .with("vault-tenant", &seen.vault_tenant)
                .with("policy-tenant", &policy.tenant_id)
                .with("policies-json", self.policies_without_others(seen, policy))
        } else if let Some(policy) = for_me().find(|policy| policy.is_for_users()) {
            reason("policy-for-users")
                .observed(format!("applicationId {}", policy.application_id))
                .with("policy-application", &policy.application_id)
        } else if let Some(policy) = policies.iter().find(|policy| self.is_mine(seen, policy)) {
            reason("policy-lacks-permission").observed(list_of(policy.of_kind(&kind)))
        } else if let Some((policy, kin)) = kin {
            reason("policy-names-another")
                .observed(&policy.object_id)
                .with("other-principal", &policy.object_id)
                .with("relation", &kin.relation)
        } else if own
            .iter()
            .any(|assignment| self.counts(assignment) && assignment.grants(needed))
        {
            reason("access-policy-mode").observed("enableRbacAuthorization is not true")
        } else {
            let names = permitting().map(|policy| &policy.object_id);
            reason("no-access-policy").observed(format!(
                "{} access policies, with that permission for: {}",
                policies.len(),
                list_of(names)
            ))
        }
    }
}

impl Policy {
    /// Whether it is for the same principal, in the same way.
    fn is_for(&self, other: &Self) -> bool {
        let same = |one: &str, other: &str| one.eq_ignore_ascii_case(other);
        same(&self.object_id, &other.object_id) && same(&self.application_id, &other.application_id)
    }

    /// The policy as ARM takes it.
    fn body(&self) -> Value {
        let mut body = json!({
            "tenantId": self.tenant_id,
            "objectId": self.object_id,
            "permissions": self.permissions,
        });
        if !self.application_id.is_empty() {
            body["applicationId"] = json!(self.application_id);
        }
        body
    }

    /// Whether the policy is for a principal of this tenant; of an unknown one, every policy may be.
    pub(super) fn is_of_tenant(&self, tenant: &str) -> bool {
        tenant.is_empty()
            || self.tenant_id.is_empty()
            || self.tenant_id.eq_ignore_ascii_case(tenant)
    }

    /// Whether the policy is for a compound identity, a user through an application: an application on its own is none.
    pub(super) fn is_for_users(&self) -> bool {
        !self.application_id.is_empty()
    }

    pub(super) fn of_kind(&self, kind: &str) -> Vec<String> {
        let of_kind = self
            .permissions
            .iter()
            .find(|(own, _)| own.eq_ignore_ascii_case(kind));
        of_kind
            .and_then(|(_, verbs)| verbs.clone())
            .unwrap_or_default()
    }

    /// Whether the policy permits what this data action stands for.
    pub(super) fn permits(&self, data_action: &str) -> bool {
        let (kind, verb) = policy_terms(data_action);
        self.of_kind(&kind)
            .iter()
            .any(|own| own.eq_ignore_ascii_case(&verb) || own.eq_ignore_ascii_case("all"))
    }
}

/// A data action in the words of access policies: `…/vaults/secrets/getSecret/action` is `get` of `secrets`.
fn policy_terms(data_action: &str) -> (String, String) {
    let words: Vec<&str> = data_action.split('/').collect();
    let kind = words
        .get(2)
        .copied()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let verb = match words
        .get(3)
        .copied()
        .unwrap_or_default()
        .to_ascii_lowercase()
        .as_str()
    {
        "getsecret" | "read" => "get".to_owned(),
        "readmetadata" => "list".to_owned(),
        "setsecret" => "set".to_owned(),
        other => other.to_owned(),
    };
    (kind, verb)
}
