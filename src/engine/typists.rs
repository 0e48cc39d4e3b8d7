//! Whose turn is it to type a command? What one administrator cannot do alone is told apart by comments.
//!
//! A fix is the owner's to type, unless a command acts in another tenant: then `# as resource:` stands before it. Where the
//! scenario does not list whose subscription it is, the comment names that: `# as whoever administers /subscriptions/…:`.

use super::settle::Ground;
use crate::ids::ResourceId;
use crate::outcome::TenantRef;

/// Where a command says on what it acts. The last two also take names and application ids.
const TARGETS: &[&str] = &["--url", "--ids", "--subscription", "--id", "--scope"];
const AS: &str = "# as ";

/// The commands with a comment wherever another administrator than the one before must type.
pub(super) fn typed_as(
    commands: Vec<String>,
    owner: Option<&TenantRef>,
    ground: &dyn Ground,
) -> Vec<String> {
    let typists: Vec<Option<Typist>> = commands.iter().map(|own| typist(own, ground)).collect();
    let first = || {
        let named = typists.iter().flatten().find(|own| own.is_listed);
        named.map(|own| own.name.clone())
    };
    let mut now = owner.map(|owner| owner.name.clone()).or_else(first);
    let mut told = Vec::new();
    for (command, typist) in commands.into_iter().zip(typists) {
        let is_comment = command.starts_with(AS);
        if let Some(typist) = typist.filter(|own| Some(&own.name) != now.as_ref()) {
            told.push(format!("{AS}{}:", typist.name));
            now = Some(typist.name);
        }
        if !is_comment {
            told.push(command);
        }
    }
    told
}

/// Who has to type a command.
struct Typist {
    /// A tenant of the scenario, or whoever administers something.
    name: String,
    is_listed: bool,
}

/// Who has to type a command, where it says on what it acts, or a comment says it of what follows.
fn typist(command: &str, ground: &dyn Ground) -> Option<Typist> {
    if let Some(named) = command.strip_prefix(AS) {
        return Some(Typist {
            name: named.trim_end_matches(':').to_owned(),
            is_listed: true,
        });
    }
    if command.starts_with('#') {
        return None;
    }
    let words: Vec<&str> = command.split_whitespace().collect();
    let targets = words
        .windows(2)
        .filter(|pair| TARGETS.contains(&pair[0]))
        .filter_map(|pair| id_of(pair[0], pair[1]));
    let mut unlisted = None;
    for id in targets {
        if let Some(tenant) = ground.tenant_of(&id) {
            return Some(Typist {
                name: tenant.name,
                is_listed: true,
            });
        }
        unlisted = unlisted.or_else(|| scope(&id));
    }
    unlisted.map(|scope| Typist {
        name: format!("whoever administers {scope}"),
        is_listed: false,
    })
}

/// The id that a flag is followed by.
fn id_of(flag: &str, word: &str) -> Option<ResourceId> {
    let word = word.trim_matches(['\'', '"']);
    let word = word
        .strip_prefix("https://management.azure.com")
        .unwrap_or(word);
    let text = match (word.starts_with('/'), flag) {
        (true, _) => word.to_owned(),
        (false, "--subscription") => format!("/subscriptions/{word}"),
        _ => return None,
    };
    text.parse().ok()
}

/// The subscription or management group that an id lies in.
fn scope(id: &ResourceId) -> Option<String> {
    let group = |name| format!("/providers/Microsoft.Management/managementGroups/{name}");
    let subscription = id.subscription().map(|own| format!("/subscriptions/{own}"));
    subscription.or_else(|| id.management_group().map(group))
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
            let is_in = |scope| id.as_str().starts_with(scope);
            match (is_in(A), is_in(B)) {
                (true, _) => Some(tenant("home")),
                (_, true) => Some(tenant("resource")),
                _ => None,
            }
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

    #[test]
    fn who_types_what_acts_elsewhere_is_told_by_a_card_or_by_the_subscription() {
        let commands = vec![
            "nslookup kv".to_owned(),
            "# as home:".to_owned(),
            format!("az approve --id {B}/x"),
            format!("az rest --url https://management.azure.com{B}/y"),
            "# as home:".to_owned(),
            "az ad app update --id cccccccc-cccc-cccc-cccc-cccccccccccc".to_owned(),
            "az vm list --subscription dddddddd-dddd-dddd-dddd-dddddddddddd".to_owned(),
        ];
        let told = typed_as(commands, Some(&tenant("home")), &Two);
        let marks: Vec<(usize, &str)> = told
            .iter()
            .enumerate()
            .filter(|(_, own)| own.starts_with(AS))
            .map(|(at, own)| (at, own.as_str()))
            .collect();
        assert_eq!(
            marks,
            [
                (1, "# as resource:"),
                (4, "# as home:"),
                (
                    6,
                    "# as whoever administers /subscriptions/dddddddd-dddd-dddd-dddd-dddddddddddd:"
                )
            ]
        );
    }
}
