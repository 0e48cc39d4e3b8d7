//! Management groups: one of each name, below one of the same tenant, above subscriptions of that tenant.

use std::collections::{BTreeMap, BTreeSet};

use super::place::{Step, below};
use super::{Known, Rules};
use crate::world::{ManagementGroup, Tenant, World};

const TYPE: &str = "Microsoft.Management/managementGroups";

/// The management groups of all tenants, as things that can be pointed at.
pub(super) fn known(world: &World) -> BTreeMap<String, Known> {
    let groups = world
        .tenants
        .values()
        .flat_map(|tenant| &tenant.management_groups);
    let known = groups.map(|group| {
        let id = ManagementGroup::id_of(&group.name);
        let known = Known {
            index: None,
            id: id.clone(),
            resource_type: TYPE.to_owned(),
        };
        (id.to_ascii_lowercase(), known)
    });
    known.collect()
}

impl Rules<'_> {
    pub(super) fn management_groups(&mut self) {
        let world = self.world;
        let mut names = BTreeSet::new();
        let mut placed = BTreeSet::new();
        for (key, tenant) in &world.tenants {
            for (index, group) in tenant.management_groups.iter().enumerate() {
                let place = [
                    "tenants".into(),
                    key.into(),
                    "management-groups".into(),
                    index.into(),
                ];
                self.management_group_name(&place, group, &mut names);
                self.parent_group(&place, tenant, group);
                self.subscriptions_of_group(&place, tenant, group, &mut placed);
            }
        }
    }

    fn management_group_name(
        &mut self,
        place: &[Step<'_>],
        group: &ManagementGroup,
        names: &mut BTreeSet<String>,
    ) {
        let place = below(place, &["name".into()]);
        if group.name.is_empty() || group.name.contains(['/', ' ']) {
            let title = format!("not a name of a management group: `{}`", group.name);
            self.problem(&place, title, "the last segment of its id", "");
        }
        if !names.insert(group.name.to_ascii_lowercase()) {
            let title = format!("another management group is called {}", group.name);
            self.problem(&place, title, "a name that is unique in the world", "");
        }
    }

    fn parent_group(&mut self, place: &[Step<'_>], tenant: &Tenant, group: &ManagementGroup) {
        let Some(parent) = &group.parent else { return };
        let place = below(place, &["parent".into()]);
        if !tenant
            .management_groups
            .iter()
            .any(|it| is_called(it, parent))
        {
            let title = format!("the tenant has no management group {parent}");
            self.missing(
                &["tenants"],
                &place,
                title,
                "the name of a management group of the same tenant",
                "",
            );
        } else if is_below_itself(tenant, group) {
            let title = format!("{} is below itself", group.name);
            self.problem(&place, title, "a parent that is not below the group", "");
        }
    }

    fn subscriptions_of_group(
        &mut self,
        place: &[Step<'_>],
        tenant: &Tenant,
        group: &ManagementGroup,
        placed: &mut BTreeSet<String>,
    ) {
        for (index, subscription) in group.subscriptions.iter().enumerate() {
            let place = below(place, &["subscriptions".into(), index.into()]);
            let mut listed = tenant.subscriptions.iter();
            if !listed.any(|it| it.id.eq_ignore_ascii_case(subscription)) {
                let title = format!("the tenant has no subscription {subscription}");
                self.missing(
                    &["tenants"],
                    &place,
                    title,
                    "the id of a subscription of the same tenant",
                    "",
                );
            }
            if !placed.insert(subscription.to_ascii_lowercase()) {
                let title = format!("{subscription} is in another management group already");
                self.problem(
                    &place,
                    title,
                    "each subscription in one management group",
                    "",
                );
            }
        }
    }
}

fn is_called(group: &ManagementGroup, name: &str) -> bool {
    group.name.eq_ignore_ascii_case(name)
}

fn is_below_itself(tenant: &Tenant, group: &ManagementGroup) -> bool {
    let mut parent = group.parent.as_ref();
    for _ in 0..=tenant.management_groups.len() {
        let Some(name) = parent else { return false };
        if is_called(group, name) {
            return true;
        }
        let above = tenant
            .management_groups
            .iter()
            .find(|it| is_called(it, name));
        parent = above.and_then(|it| it.parent.as_ref());
    }
    false
}
