//! Does the application have a service principal in the resource tenant, and may it be used?
//!
//! Asks Microsoft Graph for the service principal as the resource tenant's auditor. An enabled one holds; its object id
//! is what role assignments in this tenant must name. A 403 leaves it unknown: without the right to read, absent and
//! hidden look alike.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::wire::lenient;
use crate::ask::Ask;
use crate::ids::{AppId, ObjectId, TenantId};
use crate::outcome::{
    Asks, Card, Cause, Claim, FactSpec, FactType, Facts, Heals, Input, NoAnswer, Owner, Permission,
    Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The application has an enabled service principal in the tenant.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ServicePrincipalProvisioned {
    /// The application (client) id.
    application: Input<AppId>,
    /// The tenant in which the application must be registered.
    registered_in: Option<TenantId>,
}

/// The service principal, if there is one.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    service_principal: Option<ServicePrincipal>,
}

/// A Graph service principal.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServicePrincipal {
    #[serde(deserialize_with = "lenient")]
    id: String,
    account_enabled: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    is_disabled: bool,
    #[serde(deserialize_with = "lenient")]
    disabled_by_microsoft_status: String,
    #[serde(deserialize_with = "lenient")]
    app_owner_organization_id: String,
}

impl Check for ServicePrincipalProvisioned {
    const CARD: Card = Card {
        id: "service-principal-provisioned",
        sentence: "the application has an enabled service principal in the tenant",
        about: "Reads the application's service principal from Microsoft Graph in the tenant whose resources it uses. It must exist \
                and be enabled; its object id is what role assignments there name.",
        asks: Asks::Graph,
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &[],
        facts: &[FactSpec {
            name: "object-id",
            fact_type: FactType::ObjectId,
            about: "object id of the service principal in this tenant",
        }],
        permissions: &[Permission::graph("Application.Read.All")],
        causes: CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let found = ask
            .graph::<ServicePrincipal>(&format!(
                "/servicePrincipals(appId='{}')",
                *self.application
            ))
            .await?;
        match &found {
            Some(found) if found.id.parse::<ObjectId>().is_err() => {
                Err(NoAnswer::Unusable(format!(
                    "the service principal of {} was answered without an id",
                    *self.application
                )))
            }
            _ => Ok(Seen {
                service_principal: found,
            }),
        }
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(found) = &seen.service_principal else {
            return Reason::new("missing")
                .expected(&*self.application)
                .observed("no service principal of it")
                .into();
        };
        let owner = &found.app_owner_organization_id;
        if let Some(home) = self
            .registered_in
            .as_ref()
            .filter(|home| !owner.is_empty() && !home.as_str().eq_ignore_ascii_case(owner))
        {
            return Reason::new("registered-elsewhere")
                .expected(home)
                .observed(owner)
                .with("other-tenant", owner)
                .into();
        }
        let by_microsoft = !matches!(
            found.disabled_by_microsoft_status.as_str(),
            "" | "NotDisabled"
        );
        if found.is_disabled || by_microsoft {
            let observed = if by_microsoft {
                found.disabled_by_microsoft_status.as_str()
            } else {
                "isDisabled"
            };
            return Reason::new("deactivated")
                .expected("an active application")
                .observed(observed)
                .into();
        }
        if found.account_enabled == Some(false) {
            return Reason::new("disabled")
                .expected("accountEnabled: true")
                .observed("accountEnabled: false")
                .into();
        }
        Verdict::Holds
    }

    fn facts(&self, seen: &Seen) -> Facts {
        let id = seen
            .service_principal
            .as_ref()
            .and_then(|found| found.id.parse::<ObjectId>().ok());
        id.map_or_else(Facts::none, |id| Facts::none().with("object-id", &id))
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &*self.application)]
    }
}

const CAUSES: &[Cause] = &[
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} has no service principal in this tenant; an administrator of it must provision one",
        fix: &["az ad sp create --id {application}"],
        source: "PITFALLS C02, C03, C33; IDENTITY.md §5 (700016, 7000229)",
    },
    Cause {
        id: "registered-elsewhere",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the service principal of {application} belongs to an application that is registered in {other-tenant}: another one than expected",
        fix: &[
            "az ad sp show --id {application} --query \"[appDisplayName, appOwnerOrganizationId]\"",
        ],
        source: "PITFALLS C01; API.md §5 (appOwnerOrganizationId)",
    },
    Cause {
        id: "deactivated",
        on: &[],
        owner: Owner::HomeOf("application"),
        heals: Heals::Never,
        says: "the application {application} was deactivated for every tenant, by its owner or by Microsoft",
        fix: &[
            "az ad sp show --id {application} --query \"[isDisabled, disabledByMicrosoftStatus]\"",
            "# where its owner did it, in the tenant where it is registered: az ad app update --id {application} --set isDisabled=false",
        ],
        source: "PITFALLS C40; API.md §5 (isDisabled, disabledByMicrosoftStatus)",
    },
    Cause {
        id: "disabled",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the service principal of {application} is disabled in this tenant",
        fix: &["az ad sp update --id {application} --set accountEnabled=true"],
        source: "PITFALLS C40; IDENTITY.md §5 (7000112)",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged};

    const HOME: &str = "11111111-1111-1111-1111-111111111111";

    fn subject() -> ServicePrincipalProvisioned {
        check(json!({"application": "cccccccc-cccc-cccc-cccc-cccccccccccc", "registered-in": HOME}))
    }

    fn seen(graph: serde_json::Value) -> Seen {
        Seen {
            service_principal: Some(serde_json::from_value(graph).unwrap()),
        }
    }

    #[test]
    fn an_enabled_one_holds_and_gives_its_object_id() {
        let id = "05000000-0000-4000-8000-000000000003";
        for graph in [
            json!({"id": id}),
            json!({"id": id, "accountEnabled": true, "isDisabled": null, "disabledByMicrosoftStatus": null, "appOwnerOrganizationId": HOME}),
        ] {
            let seen = seen(graph);
            assert_eq!(judged(&subject(), &seen), Verdict::Holds);
            assert_eq!(subject().facts(&seen).get("object-id").unwrap().0, id);
        }
    }

    #[test]
    fn an_absent_one_is_missing() {
        broken(&subject(), &Seen::default(), "missing");
    }

    #[test]
    fn a_disabled_one_is_of_no_use() {
        broken(
            &subject(),
            &seen(json!({"accountEnabled": false})),
            "disabled",
        );
        broken(
            &subject(),
            &seen(json!({"isDisabled": true})),
            "deactivated",
        );
        let status = "DisabledDueToViolationOfServicesAgreement";
        broken(
            &subject(),
            &seen(json!({"accountEnabled": false, "disabledByMicrosoftStatus": status})),
            "deactivated",
        );
    }

    #[test]
    fn one_of_a_foreign_registration_is_told_when_the_home_is_known() {
        let foreign = json!({"appOwnerOrganizationId": "33333333-3333-3333-3333-333333333333"});
        broken(&subject(), &seen(foreign), "registered-elsewhere");
        let careless: ServicePrincipalProvisioned =
            check(json!({"application": "cccccccc-cccc-cccc-cccc-cccccccccccc"}));
        let foreign = json!({"appOwnerOrganizationId": "33333333-3333-3333-3333-333333333333"});
        assert_eq!(judged(&careless, &seen(foreign)), Verdict::Holds);
    }
}
