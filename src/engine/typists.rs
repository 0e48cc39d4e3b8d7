//! Whose turn is it to type a command? What one administrator cannot do alone is told apart by comments.
//!
//! A fix is the owner's to type, unless a command acts in another tenant: then `# as resource:` stands before it.

use super::settle::Ground;
use crate::ids::ResourceId;
use crate::outcome::TenantRef;

/// Where a command says on what it acts.
const TARGETS: &[&str] = &["--url ", "--ids ", "--subscription "];

/// The commands with a comment wherever another administrator than the one before must type.
pub(super) fn typed_as(
    commands: Vec<String>,
    owner: Option<&TenantRef>,
    ground: &dyn Ground,
) -> Vec<String> {
    let tenants: Vec<Option<TenantRef>> = commands.iter().map(|own| tenant(own, ground)).collect();
    let mut typist = owner.or_else(|| tenants.iter().flatten().next()).cloned();
    let mut told = Vec::new();
    for (command, tenant) in commands.into_iter().zip(tenants) {
        if let Some(tenant) = tenant.filter(|own| Some(own) != typist.as_ref()) {
            told.push(format!("# as {}:", tenant.name));
            typist = Some(tenant);
        }
        told.push(command);
    }
    told
}

/// The tenant in which a command acts, when the scenario lists it; comments act nowhere.
fn tenant(command: &str, ground: &dyn Ground) -> Option<TenantRef> {
    if command.starts_with('#') {
        return None;
    }
    let named = TARGETS.iter().find_map(|flag| command.split_once(flag))?.1;
    let word = named.split_whitespace().next()?.trim_matches('\'');
    let id = match word.starts_with('/') {
        true => word.to_owned(),
        false => format!("/subscriptions/{word}"),
    };
    ground.tenant_of(&id.parse::<ResourceId>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::words::Values;
    use crate::ids::{AppId, TenantId};

    const A: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
    const B: &str = "/subscriptions/bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb";

    struct Two;

    fn tenant(name: &str) -> TenantRef {
        TenantRef {
            name: name.to_owned(),
            id: TenantId::nil(),
        }
    }

    impl Values for Two {
        fn value(&self, _: &str) -> Option<String> {
            None
        }
    }

    impl Ground for Two {
        fn asked(&self) -> Option<TenantRef> {
            None
        }

        fn tenant_of(&self, id: &ResourceId) -> Option<TenantRef> {
            let name = if id.as_str().starts_with(A) {
                "home"
            } else {
                "resource"
            };
            Some(tenant(name))
        }

        fn named(&self, _: TenantId) -> TenantRef {
            tenant("unlisted")
        }

        fn home_of(&self, _: &AppId) -> Option<TenantRef> {
            None
        }
    }

    #[test]
    fn commands_of_another_administrator_than_the_owner_say_so() {
        let commands = || {
            vec![
                format!("az rest --method put --url {B}/x --body '{{\"id\":\"{A}\"}}'"),
                "# a note".to_owned(),
                format!("az network vnet list --subscription {}", &A[15..]),
            ]
        };
        let told = typed_as(commands(), Some(&tenant("resource")), &Two);
        assert_eq!((told.len(), told[2].as_str()), (4, "# as home:"));
        let told = typed_as(commands(), Some(&tenant("home")), &Two);
        assert_eq!(
            (told[0].as_str(), told[3].as_str()),
            ("# as resource:", "# as home:")
        );
        let alone = typed_as(commands().split_off(2), None, &Two);
        assert_eq!(alone.len(), 1);
    }
}
