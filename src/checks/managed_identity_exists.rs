//! Does the workload's managed identity exist, and is it the one that others name?
//!
//! Asks ARM for the user-assigned identity as the home tenant's auditor. It holds when the identity lives in the tenant
//! asked and has the client and principal ids that are expected, where they are. Its principal is what a federated
//! credential must name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::typed_id::{IdOf, UserAssignedIdentity};
use super::wire::{Resource, lenient};
use crate::ask::Ask;
use crate::ids::{AppId, ObjectId, ResourceId, TenantId};
use crate::outcome::{
    Asks, At, Card, Cause, Claim, FactSpec, FactType, Facts, Heals, Input, NoAnswer, Owner,
    Permission, Plane, Principal, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The managed identity exists.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ManagedIdentityExists {
    /// The user-assigned managed identity; an application can trust no other kind.
    identity: IdOf<UserAssignedIdentity>,
    /// The client id that the workload asks with.
    client_id: Option<Input<AppId>>,
    /// The principal (object) id that others name.
    principal_id: Option<Input<ObjectId>>,
}

/// The identity's principal, if there is one.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    /// The tenant asked.
    tenant: Option<TenantId>,
    principal: Option<Principal>,
}

impl Check for ManagedIdentityExists {
    const CARD: Card = Card {
        id: "managed-identity-exists",
        sentence: "the managed identity exists",
        about: "Reads the user-assigned managed identity. It must live in the tenant asked and have the client id and principal id \
                that the scenario expects.",
        asks: Asks::Arm("identity"),
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &["client-id"],
        facts: &[
            FactSpec {
                name: "principal",
                fact_type: FactType::Principal,
                about: "tenant, principal id and client id together",
            },
            FactSpec {
                name: "client-id",
                fact_type: FactType::AppId,
                about: "its application (client) id",
            },
            FactSpec {
                name: "principal-id",
                fact_type: FactType::ObjectId,
                about: "object id of its service principal",
            },
        ],
        permissions: &[Permission::action(
            "Microsoft.ManagedIdentity/userAssignedIdentities/read",
            At::Id("identity"),
        )],
        causes: CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let tenant = ask.tenant().map(|tenant| tenant.id.clone());
        let principal = match ask.arm::<Resource<Properties>>(&self.identity).await? {
            Some(read) => Some(read.properties.principal(&self.identity)?),
            None => None,
        };
        Ok(Seen { tenant, principal })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(principal) = &seen.principal else {
            return Reason::new("missing")
                .expected(&self.identity)
                .observed("no such resource")
                .into();
        };
        if let Some(tenant) = seen
            .tenant
            .as_ref()
            .filter(|tenant| **tenant != principal.tenant)
        {
            return Reason::new("wrong-tenant")
                .expected(tenant)
                .observed(&principal.tenant)
                .into();
        }
        if let Some(expected) = self
            .client_id
            .as_deref()
            .filter(|expected| **expected != principal.client_id)
        {
            let also = if expected
                .as_str()
                .eq_ignore_ascii_case(principal.principal_id.as_str())
            {
                ": the principal id was given"
            } else {
                ""
            };
            return Reason::new("client-id-differs")
                .expected(format!("{expected}{also}"))
                .observed(&principal.client_id)
                .into();
        }
        if let Some(expected) = self
            .principal_id
            .as_deref()
            .filter(|expected| **expected != principal.principal_id)
        {
            let also = if expected
                .as_str()
                .eq_ignore_ascii_case(principal.client_id.as_str())
            {
                ": the client id was given"
            } else {
                ""
            };
            return Reason::new("principal-id-differs")
                .expected(format!("{expected}{also}"))
                .observed(&principal.principal_id)
                .into();
        }
        Verdict::Holds
    }

    fn facts(&self, seen: &Seen) -> Facts {
        let Some(principal) = &seen.principal else {
            return Facts::none();
        };
        Facts::none()
            .with("principal", principal)
            .with("client-id", &principal.client_id)
            .with("principal-id", &principal.principal_id)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &self.identity)]
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Properties {
    #[serde(deserialize_with = "lenient")]
    tenant_id: String,
    #[serde(deserialize_with = "lenient")]
    principal_id: String,
    #[serde(deserialize_with = "lenient")]
    client_id: String,
}

impl Properties {
    fn principal(&self, identity: &ResourceId) -> Result<Principal, NoAnswer> {
        let lacks =
            |what: &str| NoAnswer::Unusable(format!("{identity} was answered without a {what}"));
        Ok(Principal {
            tenant: self.tenant_id.parse().map_err(|_| lacks("tenantId"))?,
            principal_id: self
                .principal_id
                .parse()
                .map_err(|_| lacks("principalId"))?,
            client_id: self.client_id.parse().map_err(|_| lacks("clientId"))?,
        })
    }
}

const SHOW: &str = "az identity show --ids {identity}";

const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no managed identity {identity}",
        fix: &[
            "az identity create --subscription {identity.subscription} --resource-group {identity.group} --name {identity.name}",
        ],
        source: "API.md §5 (userAssignedIdentities)",
    },
    Cause {
        id: "wrong-tenant",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the managed identity {identity} belongs to another tenant than its subscription's; its tokens come from there",
        fix: &[
            SHOW,
            "az account show --subscription {identity.subscription} --query tenantId",
        ],
        source: "API.md §5 (tenantId); PITFALLS D17",
    },
    Cause {
        id: "client-id-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the managed identity {identity} has another client id than the workload asks with; it was made anew, or another identity is meant",
        fix: &[SHOW],
        source: "PITFALLS C15, C16; IDENTITY.md §1",
    },
    Cause {
        id: "principal-id-differs",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the managed identity {identity} has another principal id than expected; an identity that is made anew gets a new one",
        fix: &[SHOW],
        source: "PITFALLS C04, C22; API.md §5",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged};

    const HOME: &str = "11111111-1111-1111-1111-111111111111";
    const CLIENT: &str = "dddddddd-dddd-dddd-dddd-dddddddddddd";
    const PRINCIPAL: &str = "eeeeeeee-eeee-eeee-eeee-eeeeeeeeeeee";
    const IDENTITY: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/app/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders";

    fn subject(client: &str, principal: &str) -> ManagedIdentityExists {
        check(json!({"identity": IDENTITY, "client-id": client, "principal-id": principal}))
    }

    fn seen(tenant: &str) -> Seen {
        let answer: Resource<Properties> = serde_json::from_value(json!({
            "properties": {"tenantId": tenant, "principalId": PRINCIPAL, "clientId": CLIENT, "isolationScope": "None"}
        }))
        .unwrap();
        let principal = answer
            .properties
            .principal(&IDENTITY.parse().unwrap())
            .unwrap();
        Seen {
            tenant: Some(HOME.parse().unwrap()),
            principal: Some(principal),
        }
    }

    #[test]
    fn the_expected_identity_holds_and_gives_its_principal() {
        let check = subject(&CLIENT.to_uppercase(), PRINCIPAL);
        assert_eq!(judged(&check, &seen(HOME)), Verdict::Holds);
        let facts = check.facts(&seen(HOME));
        assert_eq!(facts.get("principal").unwrap().0["principal-id"], PRINCIPAL);
    }

    #[test]
    fn an_absent_identity_is_missing() {
        broken(
            &subject(CLIENT, PRINCIPAL),
            &Seen {
                principal: None,
                ..seen(HOME)
            },
            "missing",
        );
    }

    #[test]
    fn tenant_client_and_principal_must_be_the_expected_ones() {
        broken(
            &subject(CLIENT, PRINCIPAL),
            &seen("22222222-2222-2222-2222-222222222222"),
            "wrong-tenant",
        );
        let swapped = broken(
            &subject(PRINCIPAL, PRINCIPAL),
            &seen(HOME),
            "client-id-differs",
        );
        assert!(
            swapped
                .expected
                .unwrap()
                .ends_with("the principal id was given")
        );
        broken(
            &subject(CLIENT, CLIENT),
            &seen(HOME),
            "principal-id-differs",
        );
    }

    #[test]
    fn an_identity_without_ids_is_no_answer() {
        let identity = IDENTITY.parse().unwrap();
        assert!(matches!(
            Properties::default().principal(&identity),
            Err(NoAnswer::Unusable(_))
        ));
    }
}
