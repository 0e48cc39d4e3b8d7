//! Is the application registered here, and open to other tenants?
//!
//! Asks Microsoft Graph for the application as the home tenant's auditor; when it is absent, for its service principal,
//! which says where it is registered instead, and for the application in the scenario's other tenants. An enabled application whose sign-in audience includes other
//! organisations holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Check;
use super::wire::{explaining, lenient};
use crate::ask::Ask;
use crate::ids::AppId;
use crate::outcome::{
    Asks, At, Card, Cause, Claim, FactSpec, FactType, Facts, Heals, Input, NoAnswer, Owner,
    Permission, Plane, Reason, Verdict,
};
use crate::timestamp::Timestamp;

/// The application is open to other tenants.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct ApplicationMultiTenant {
    /// The application (client) id.
    application: Input<AppId>,
}

/// The application, or where it is registered instead.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct Seen {
    application: Option<Application>,
    /// The tenant that the service principal here names as the application's home, or another tenant of the scenario that
    /// has the application, when it is absent here.
    registered_in: Option<String>,
}

/// A Graph application.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Application {
    #[serde(deserialize_with = "lenient")]
    id: String,
    #[serde(deserialize_with = "lenient")]
    sign_in_audience: String,
    #[serde(deserialize_with = "lenient")]
    is_disabled: bool,
    #[serde(deserialize_with = "lenient")]
    disabled_by_microsoft_status: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ServicePrincipal {
    #[serde(deserialize_with = "lenient")]
    app_owner_organization_id: String,
}

impl Check for ApplicationMultiTenant {
    const CARD: Card = Card {
        id: "application-multi-tenant",
        sentence: "the application is registered in the home tenant and open to other tenants",
        about: "Reads the application from Microsoft Graph in the tenant where it should be registered. It must be enabled and its \
                sign-in audience must include other organisations.",
        asks: Asks::Graph,
        plane: Plane::Control,
        modes: &[],
        at_least_one_of: &[],
        homes: &["application"],
        facts: &[FactSpec {
            name: "application",
            fact_type: FactType::AppId,
            about: "the application (client) id",
        }],
        permissions: &[
            Permission::graph("Application.Read.All"),
            // Where else it is registered.
            Permission::graph("Application.Read.All")
                .at(At::Directories)
                .explains(),
        ],
        causes: CAUSES,
        warnings: &[],
    };

    type Seen = Seen;

    async fn observe(&self, ask: &Ask) -> Result<Seen, NoAnswer> {
        let application = ask
            .graph::<Application>(&format!("/applications(appId='{}')", *self.application))
            .await?;
        let registered_in = match &application {
            Some(_) => None,
            None => self.registered_in(ask).await,
        };
        if let Some(found) = application
            .as_ref()
            .filter(|found| audience(found).is_none())
        {
            let odd = &found.sign_in_audience;
            return Err(NoAnswer::Unusable(format!(
                "the application's signInAudience is `{odd}`, which is not known here"
            )));
        }
        Ok(Seen {
            application,
            registered_in,
        })
    }

    fn judge(&self, seen: &Seen, _now: Timestamp) -> Verdict {
        let Some(application) = &seen.application else {
            return match &seen.registered_in {
                Some(tenant) => Reason::new("registered-elsewhere")
                    .expected("an application registered here")
                    .observed(format!("registered in {tenant}"))
                    .with("other-tenant", tenant)
                    .into(),
                None => Reason::new("missing")
                    .expected(&*self.application)
                    .observed("no such application")
                    .into(),
            };
        };
        match audience(application) {
            Some(Audience::OwnTenant) => {
                return Reason::new("single-tenant")
                    .expected("AzureADMultipleOrgs")
                    .observed(&application.sign_in_audience)
                    .into();
            }
            Some(Audience::PersonalOnly) => {
                return Reason::new("personal-accounts-only")
                    .expected("AzureADMultipleOrgs")
                    .observed(&application.sign_in_audience)
                    .into();
            }
            Some(Audience::OtherTenants) | None => {}
        }
        let by_microsoft = !matches!(
            application.disabled_by_microsoft_status.as_str(),
            "" | "NotDisabled"
        );
        if application.is_disabled || by_microsoft {
            let observed = if by_microsoft {
                application.disabled_by_microsoft_status.as_str()
            } else {
                "isDisabled"
            };
            return Reason::new("disabled")
                .expected("an enabled application")
                .observed(observed)
                .into();
        }
        Verdict::Holds
    }

    fn facts(&self, _seen: &Seen) -> Facts {
        Facts::none().with("application", &*self.application)
    }

    fn claims(&self) -> Vec<Claim> {
        vec![Claim::new(Self::CARD.id, None, &*self.application)]
    }
}

impl ApplicationMultiTenant {
    /// Where the application is registered, when it is not here. What may not be read is no harm.
    async fn registered_in(&self, ask: &Ask) -> Option<String> {
        let principal = format!("/servicePrincipals(appId='{}')", *self.application);
        let principal = explaining(ask.graph::<ServicePrincipal>(&principal).await);
        let home = principal.map(|found| found.app_owner_organization_id);
        if let Some(home) = home.filter(|home| !home.is_empty()) {
            return Some(home);
        }
        let path = format!("/applications(appId='{}')", *self.application);
        for tenant in ask.tenants().filter(|own| Some(*own) != ask.tenant()) {
            let there = explaining(ask.graph_in::<Application>(tenant, &path).await);
            if there.is_some_and(|found| !found.id.is_empty()) {
                return Some(tenant.id.to_string());
            }
        }
        None
    }
}

/// Who may use an application.
#[derive(Debug, PartialEq, Eq)]
enum Audience {
    OtherTenants,
    OwnTenant,
    PersonalOnly,
}

fn audience(application: &Application) -> Option<Audience> {
    match application.sign_in_audience.to_ascii_lowercase().as_str() {
        "azureadmultipleorgs" | "azureadandpersonalmicrosoftaccount" => {
            Some(Audience::OtherTenants)
        }
        "azureadmyorg" => Some(Audience::OwnTenant),
        "personalmicrosoftaccount" => Some(Audience::PersonalOnly),
        _ => None,
    }
}

const OPEN: &str = "az ad app update --id {application} --sign-in-audience AzureADMultipleOrgs";

const CAUSES: &[Cause] = &[
    Cause {
        id: "registered-elsewhere",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} is registered in {other-tenant}, not in the tenant of the managed identity that it must trust; register one here, multi-tenant, and let the other tenant keep a service principal only",
        fix: &[
            "# APPLICATION_NAME: a display name of your choice",
            "az ad app create --display-name \"$APPLICATION_NAME\" --sign-in-audience AzureADMultipleOrgs",
        ],
        source: "PITFALLS C01; config-app-trust-managed-identity.md",
    },
    Cause {
        id: "missing",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "there is no application {application} in the tenant that should hold its registration",
        fix: &[
            "az ad app list --app-id {application} --output table",
            "# APPLICATION_NAME: a display name of your choice",
            "az ad app create --display-name \"$APPLICATION_NAME\" --sign-in-audience AzureADMultipleOrgs",
        ],
        source: "PITFALLS C01, C02; API.md §5",
    },
    Cause {
        id: "single-tenant",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} is for its own tenant only, so no other tenant gives it a token",
        fix: &[OPEN],
        source: "PITFALLS C02; API.md §5 (signInAudience)",
    },
    Cause {
        id: "personal-accounts-only",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} is for personal Microsoft accounts only, so no organisation gives it a token",
        fix: &[OPEN],
        source: "API.md §5 (signInAudience)",
    },
    Cause {
        id: "disabled",
        on: &[],
        owner: Owner::Asked,
        heals: Heals::Never,
        says: "the application {application} is disabled everywhere",
        fix: &[
            "az ad app show --id {application} --query \"[isDisabled, disabledByMicrosoftStatus]\"",
            "az ad app update --id {application} --set isDisabled=false",
        ],
        source: "PITFALLS C40; API.md §5 (isDisabled)",
    },
];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::checks::testing::{broken, check, judged};

    fn subject() -> ApplicationMultiTenant {
        check(json!({"application": "cccccccc-cccc-cccc-cccc-cccccccccccc"}))
    }

    fn seen(graph: serde_json::Value) -> Seen {
        Seen {
            application: Some(serde_json::from_value(graph).unwrap()),
            registered_in: None,
        }
    }

    #[test]
    fn an_application_for_many_organisations_holds() {
        for audience in [
            "AzureADMultipleOrgs",
            "AzureADandPersonalMicrosoftAccount",
            "azureadmultipleorgs",
        ] {
            let seen = seen(
                json!({"id": "x", "signInAudience": audience, "isDisabled": null, "disabledByMicrosoftStatus": null}),
            );
            assert_eq!(judged(&subject(), &seen), Verdict::Holds);
            assert!(subject().facts(&seen).get("application").is_some());
        }
    }

    #[test]
    fn other_audiences_are_closed_to_other_tenants() {
        broken(
            &subject(),
            &seen(json!({"signInAudience": "AzureADMyOrg"})),
            "single-tenant",
        );
        broken(
            &subject(),
            &seen(json!({"signInAudience": "PersonalMicrosoftAccount"})),
            "personal-accounts-only",
        );
    }

    #[test]
    fn an_audience_that_is_not_known_is_not_judged() {
        let odd: Application =
            serde_json::from_value(json!({"signInAudience": "AzureADManyOrgs"})).unwrap();
        assert_eq!(
            (audience(&odd), audience(&Application::default())),
            (None, None)
        );
    }

    #[test]
    fn an_absent_application_is_missing_or_registered_elsewhere() {
        broken(&subject(), &Seen::default(), "missing");
        let elsewhere = Seen {
            registered_in: Some("22222222-2222-2222-2222-222222222222".to_owned()),
            ..Seen::default()
        };
        broken(&subject(), &elsewhere, "registered-elsewhere");
    }

    #[test]
    fn a_disabled_application_is_of_no_use() {
        broken(
            &subject(),
            &seen(json!({"signInAudience": "AzureADMultipleOrgs", "isDisabled": true})),
            "disabled",
        );
        let status = "DisabledDueToViolationOfServicesAgreement";
        broken(
            &subject(),
            &seen(
                json!({"signInAudience": "AzureADMultipleOrgs", "disabledByMicrosoftStatus": status}),
            ),
            "disabled",
        );
        let fine = seen(
            json!({"signInAudience": "AzureADMultipleOrgs", "disabledByMicrosoftStatus": "NotDisabled"}),
        );
        assert_eq!(judged(&subject(), &fine), Verdict::Holds);
    }
}
