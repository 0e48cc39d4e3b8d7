//! Which tenant a resource lies in, and which tenant's tokens an identity gets.

use super::identity::IdentityKind;
use super::model::{Tenant, Vantage};
use crate::ids::{ResourceId, SubscriptionId};

/// The tenant that lists the subscription, or else the management group, that an id lies in.
pub fn tenant_of<'t>(tenants: &'t [Tenant], id: &ResourceId) -> Option<&'t Tenant> {
    if let Some(subscription) = id.subscription() {
        return tenant_of_subscription(tenants, &subscription);
    }
    let group = id.management_group()?;
    let lists = |tenant: &&Tenant| {
        tenant
            .management_groups
            .iter()
            .any(|own| own.eq_ignore_ascii_case(group))
    };
    tenants.iter().find(lists)
}

/// The tenant that lists a subscription.
pub fn tenant_of_subscription<'t>(
    tenants: &'t [Tenant],
    subscription: &SubscriptionId,
) -> Option<&'t Tenant> {
    tenants
        .iter()
        .find(|tenant| tenant.subscriptions.contains(subscription))
}

/// The tenant whose tokens an identity gets at a vantage: the one that it names, or the one that its resource or the
/// vantage's network lies in, or the only one.
pub fn tenant_of_workload<'t>(
    tenants: &'t [Tenant],
    identity: &IdentityKind,
    vantage: Option<&Vantage>,
) -> Option<&'t Tenant> {
    if let Some(name) = identity.tenant() {
        return tenants.iter().find(|tenant| tenant.name == name);
    }
    if let IdentityKind::ManagedIdentity {
        resource_id: Some(id),
        ..
    } = identity
    {
        return tenant_of(tenants, id);
    }
    let network = vantage.and_then(|vantage| vantage.network.as_ref());
    let only = if let [only] = tenants {
        Some(only)
    } else {
        None
    };
    network
        .and_then(|network| tenant_of(tenants, network))
        .or(only)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(name: &str, digit: char, groups: &[&str]) -> Tenant {
        let guid = "11111111-1111-1111-1111-111111111111".replace('1', &digit.to_string());
        Tenant {
            name: name.to_owned(),
            id: guid.parse().unwrap(),
            subscriptions: vec![guid.parse().unwrap()],
            management_groups: groups.iter().map(ToString::to_string).collect(),
            read_as: None,
        }
    }

    fn id(text: &str) -> ResourceId {
        text.replace("{2}", "22222222-2222-2222-2222-222222222222")
            .parse()
            .unwrap()
    }

    #[test]
    fn a_resource_lies_in_the_tenant_that_lists_its_subscription_or_management_group() {
        let tenants = [
            tenant("home", '1', &["root"]),
            tenant("resource", '2', &["Platform"]),
        ];
        let found = |text| tenant_of(&tenants, &id(text)).map(|tenant| tenant.name.as_str());
        assert_eq!(
            found("/subscriptions/{2}/resourceGroups/x"),
            Some("resource")
        );
        assert_eq!(
            found("/providers/Microsoft.Management/managementGroups/PLATFORM"),
            Some("resource")
        );
        assert_eq!(
            found("/subscriptions/33333333-3333-3333-3333-333333333333"),
            None
        );
        assert_eq!(
            found("/providers/Microsoft.Authorization/roleDefinitions/x"),
            None
        );
    }

    #[test]
    fn a_workload_gets_tokens_of_the_tenant_it_names_or_lives_in() {
        let tenants = [tenant("home", '1', &[]), tenant("resource", '2', &[])];
        let managed = |resource_id| IdentityKind::ManagedIdentity {
            client_id: None,
            object_id: None,
            resource_id,
        };
        let here = Vantage {
            name: "app".to_owned(),
            network: Some(id("/subscriptions/{2}/x")),
        };
        let nowhere = Vantage {
            network: None,
            ..here.clone()
        };
        let found = |kind: &IdentityKind, vantage| {
            tenant_of_workload(&tenants, kind, vantage).map(|tenant| tenant.name.as_str())
        };
        assert_eq!(found(&managed(None), Some(&here)), Some("resource"));
        assert_eq!(
            found(&managed(Some(id("/subscriptions/{2}/x"))), Some(&nowhere)),
            Some("resource")
        );
        assert_eq!(found(&managed(None), Some(&nowhere)), None);
        let github = IdentityKind::GithubOidc {
            tenant: Some("home".to_owned()),
            application: None,
        };
        assert_eq!(found(&github, Some(&here)), Some("home"));
        assert_eq!(
            tenant_of_workload(&tenants[..1], &managed(None), None),
            tenants.first()
        );
    }
}
