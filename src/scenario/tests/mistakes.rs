//! Every mistake, alone and together.

use super::*;

/// `line:column: title`, and what to do.
fn told(problem: &Problem) -> (String, String) {
    let says_in_title = ["expected", "is given twice"]
        .iter()
        .any(|words| problem.title.contains(words));
    assert!(problem.expected.is_some() || says_in_title, "{problem}");
    let place = problem.to_string();
    (
        place.trim_start_matches("scenario.yaml:").to_owned(),
        problem.hint.clone().unwrap_or_default(),
    )
}

/// One change of [`STORY`] gives one problem, here, and says this to do.
fn refuses(changes: &[(&str, &str, &str, &str)]) {
    let mut wrong = String::new();
    for (from, to, place_and_title, hint) in changes {
        let found = problems(&story_with(from, to), &Sources::default());
        let is_right = |problem: &Problem| {
            let (place, advice) = told(problem);
            place == *place_and_title && advice.contains(hint)
        };
        if found.len() != 1 || !is_right(&found[0]) {
            wrong += &format!(
                "wanted: {place_and_title}, {hint}\n{}\n",
                render(&found, false)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn the_head_of_the_file() {
    refuses(&[
        (
            "version: 1\n",
            "version: 2\n",
            "1:10: invalid number `2`",
            "xtenant schema scenario",
        ),
        (
            "version: 1\n",
            "",
            "1:1: missing `version`",
            "add `version: 1`",
        ),
        (
            "scenario: story\n",
            "scenario: Our Story\n",
            "2:11: invalid text `Our Story`",
            "in lower case",
        ),
        (
            "scenario: story\n",
            "scenario:\n",
            "2:1: missing `scenario`",
            "add `scenario: <name>`",
        ),
        (
            "target: mock",
            "target: moc",
            "3:9: unknown name `moc`",
            "did you mean `mock`?",
        ),
        (
            "target: mock",
            "target: ./mine.yaml",
            "3:9: unknown name `./mine.yaml`",
            "on the command line only",
        ),
        (
            "target: mock",
            "target: https://x.invalid",
            "3:9: unknown name `https://x.invalid`",
            "on the command line only",
        ),
        (
            "target: mock",
            "traget: mock",
            "3:1: unknown key `traget`",
            "did you mean `target`?",
        ),
    ]);
}

#[test]
fn tenants() {
    refuses(&[
        (
            "id: 11111111-1111-1111-1111-111111111111",
            "id: 1",
            "9:9: invalid text `1`",
            "az account list",
        ),
        (
            "    id: 11111111-1111-1111-1111-111111111111\n",
            "",
            "9:5: missing `id`",
            "add `id: <tenant id>`",
        ),
        (
            "id: 22222222-2222-2222-2222-222222222222",
            "id: 11111111-1111-1111-1111-111111111111",
            "13:9: 11111111-1111-1111-1111-111111111111 is given twice",
            "line 9",
        ),
        (
            "[bbbbbbbb-bbbb-bbbb-bbbb-bbbbbbbbbbbb]",
            "[AAAAAAAA-aaaa-aaaa-aaaa-aaaaaaaaaaaa]",
            "14:21: aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa is given twice",
            "line 10",
        ),
        (
            "read-as: home-auditor",
            "read-as: home-auditer",
            "11:14: unknown identity `home-auditer`",
            "did you mean `home-auditor`?",
        ),
        (
            "    read-as: home-auditor\n",
            "",
            "8:3: the tenant `home` has no `read-as`, and the link `application` reads it",
            "add `read-as: <name>`",
        ),
        (
            "    read-as: home-auditor\n",
            "    readas: home-auditor\n    read-as: home-auditor\n",
            "11:5: unknown key `readas`",
            "did you mean `read-as`?",
        ),
        (
            "tenants:\n  home:",
            "tenants:\n  Home Office: {id: 33333333-3333-3333-3333-333333333333}\n  home:",
            "8:3: invalid name `Home Office`",
            "rename the tenant",
        ),
        (
            "tenants:\n  home:",
            "tenants:\n  home: {id: 11111111-1111-1111-1111-111111111111, subscriptions: [aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa], read-as: home-auditor}\n  home:",
            "9:3: the key `home` is given twice",
            "line 8",
        ),
    ]);
}

#[test]
fn identities_and_vantages() {
    refuses(&[
        (
            "home-auditor: auto",
            "home-auditor: aut",
            "18:17: unknown name `aut`",
            "did you mean `auto`?",
        ),
        (
            "{client-id: dddddddd-dddd-dddd-dddd-dddddddddddd}",
            "{client-id: dddddddd-dddd-dddd-dddd-dddddddddddd, object-id: dddddddd-dddd-dddd-dddd-dddddddddddd}",
            "20:81: a managed identity named twice: by `client-id` and by `object-id`",
            "remove",
        ),
        (
            "{federated: {tenant: resource,",
            "{federated: {tenant: resuorce,",
            "21:34: unknown tenant `resuorce`",
            "did you mean `resource`?",
        ),
        (
            "{federated: {tenant: resource,",
            "{federated: {",
            "21:25: missing `tenant`",
            "schema",
        ),
        (
            "assertion: machine",
            "assertion: home-auditor",
            "21:106: `home-auditor` is of the kind `auto`, which cannot prove an application",
            "managed-identity",
        ),
        (
            "assertion: machine",
            "assertion: mashine",
            "21:106: unknown identity `mashine`",
            "did you mean `machine`?",
        ),
        (
            "/virtualNetworks/home}",
            "/privateEndpoints/home}",
            "23:18: the network of a vantage is a virtual network",
            "name the network",
        ),
        (
            "app: {network: /subscriptions/aaaaaaaa",
            "app: {network: /subscriptions/eeeeeeee",
            "23:18: no tenant lists the subscription eeeeeeee-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
            "add it to `subscriptions:`",
        ),
    ]);
}

#[test]
fn the_keys_of_a_link() {
    refuses(&[
        (
            "  - id: role\n",
            "  - id: Role\n",
            "37:9: invalid text `Role`",
            "in lower case",
        ),
        (
            "  - id: role\n    needs",
            "  - needs",
            "37:5: missing `id`",
            "add `id: <name>`",
        ),
        (
            "  - id: role\n",
            "  - id: name\n",
            "37:9: a second link named `name`",
            "line 32",
        ),
        (
            "within: 5m",
            "within: 5 minutes",
            "47:13: invalid text `5 minutes`",
            "directly behind",
        ),
        (
            "within: 5m",
            "within: 0s",
            "47:13: invalid text `0s`",
            "directly behind",
        ),
        (
            "timeout: 10s",
            "timeout: 999999999999999999999h",
            "48:14: invalid text `999999999999999999999h`",
            "directly behind",
        ),
        (
            "timeout: 10s",
            "timeout: 10",
            "48:14: invalid text `10`",
            "directly behind",
        ),
        (
            "    tags: [data]",
            "    tags: data",
            "46:11: unexpected text `data`",
            "put it in brackets",
        ),
        (
            "    tags: [data]",
            "    tag: [data]",
            "46:5: `tag` is neither a check nor a key of links",
            "did you mean `tags`?",
        ),
        (
            "    role-held:\n",
            "    role-hold:\n",
            "39:5: `role-hold` is neither a check nor a key of links",
            "did you mean `role-held`?",
        ),
        (
            "    role-held:\n      scope: {from: endpoint.target}\n      data-actions: [read]\n",
            "",
            "37:5: the link names no check",
            "xtenant checks",
        ),
        (
            "    expect: {denied: [AKV10032]}\n",
            "    expect: {denied: [AKV10032]}\n    role-held: {scope: {from: endpoint.target}, actions: [a]}\n",
            "58:5: a second check, `secret-read`, in one link",
            "the first is `role-held`",
        ),
        (
            "      data-actions: [read]\n",
            "",
            "39:5: `role-held` has nothing to compare: none of `actions`, `data-actions` is given",
            "xtenant checks role-held",
        ),
        (
            "      data-actions: [read]\n",
            "      data-actions: [read]\n      colour: red\n",
            "42:7: unknown key `colour`",
            "xtenant checks role-held",
        ),
        (
            "{denied: [AKV10032]}",
            "{denied: []}",
            "56:13: `denied` without a code accepts any refusal",
            "list at least one code",
        ),
        (
            "{denied: [AKV10032]}",
            "denied",
            "56:13: `denied` needs a value",
            "schema",
        ),
        (
            "    needs: [application]\n",
            "    needs: [application]\n    expect: {denied: [X]}\n",
            "39:13: `role-held` cannot expect a refusal: it asks no one who could refuse",
            "remove `expect`",
        ),
        (
            "    name-resolves:\n",
            "    expect: unreachable\n    name-resolves:\n",
            "34:13: `unreachable` without a `control`: a vantage that reaches nothing proves nothing",
            "add `control: <link>`",
        ),
        (
            "    name-resolves:\n",
            "    expect: unreachable\n    control: endpoint\n    name-resolves:\n",
            "35:14: the link `endpoint` is asked from another vantage",
            "the same `at`",
        ),
        (
            "    name-resolves:\n",
            "    expect: unreachable\n    control: isolation\n    name-resolves:\n",
            "35:14: the link `isolation` expects not to get through itself",
            "must get through",
        ),
        (
            "    name-resolves:\n",
            "    expect: unreachable\n    control: nowhere\n    name-resolves:\n",
            "35:14: unknown link `nowhere`",
            "name a link",
        ),
        (
            "    expect: {denied: [AKV10032]}\n",
            "    expect: {denied: [AKV10032]}\n    control: secret\n",
            "57:5: `control` has no effect: the link does not expect to reach nobody",
            "remove `control`",
        ),
        (
            "    expect: {denied: [AKV10032]}\n",
            "    expect: unreachable\n    control: name\n",
            "56:13: `secret-read` cannot expect to reach nobody: it opens no connection of its own",
            "remove `expect`",
        ),
    ]);
    let (head, _) = STORY.split_once("links:").unwrap();
    for (links, place_and_title) in [
        ("links: []\n", "24:1: the chain has no links"),
        ("links:\n", "24:1: the chain has no links"),
        ("", "1:1: the chain has no links"),
        ("links: {}\n", "24:8: `links` is a list"),
        ("links: [a]\n", "24:9: a link is a map"),
    ] {
        let found = problems(&format!("{head}{links}"), &Sources::default());
        assert_eq!(told(&found[0]).0, place_and_title);
        assert_eq!(found.len(), 1);
    }
}

#[test]
fn who_asks_whom_from_where() {
    refuses(&[
        (
            "    tenant: home\n",
            "    tenant: hom\n",
            "26:13: unknown tenant `hom`",
            "did you mean `home`?",
        ),
        (
            "    tenant: home\n",
            "",
            "26:5: `application-known` needs `tenant`: its parameters do not say which tenant to ask",
            "add `tenant: <name>`",
        ),
        (
            "    about: the endpoint of the vault\n",
            "    tenant: home\n",
            "29:5: `tenant` has no effect on `endpoint-approved`: the id in `endpoint` decides which tenant is asked",
            "remove `tenant`",
        ),
        (
            "    about: the endpoint of the vault\n",
            "    as: machine\n",
            "29:5: `as` has no effect on `endpoint-approved`: settings are read by the identity in `read-as` of the tenant",
            "remove `as`",
        ),
        (
            "endpoint: /subscriptions/aaaaaaaa",
            "endpoint: /subscriptions/eeeeeeee",
            "31:17: no tenant lists the subscription eeeeeeee-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
            "add it to `subscriptions:`",
        ),
        (
            "{from: endpoint.target}",
            "/providers/Microsoft.Management/managementGroups/other",
            "40:14: no tenant lists the management group other",
            "add it to `management-groups:`",
        ),
        (
            "{from: endpoint.target}",
            "/providers/Microsoft.Authorization/roleDefinitions/x",
            "40:14: the id lies in no subscription and in no management group",
            "name a resource",
        ),
        (
            "  - id: name\n    at: app\n",
            "  - id: name\n",
            "33:5: `name-resolves` needs `at`: names resolve differently from place to place",
            "add `at: <name>`",
        ),
        (
            "  - id: name\n    at: app\n",
            "  - id: name\n    at: ap\n",
            "33:9: unknown vantage `ap`",
            "did you mean `app`?",
        ),
        (
            "    as: workload\n",
            "",
            "48:5: `secret-read` needs `as`: it asks as the identity under test",
            "add `as: <name>`",
        ),
        (
            "    as: workload\n",
            "    as: wrokload\n",
            "44:9: unknown identity `wrokload`",
            "did you mean `workload`?",
        ),
        (
            "    at: app\n    as: workload\n",
            "    as: workload\n",
            "48:5: `secret-read` needs `at`: the managed identity of `workload` exists at a vantage only",
            "add `at: <name>`",
        ),
        (
            "    at: app\n    as: machine\n",
            "    as: machine\n",
            "56:5: `secret-read` needs `at`: the managed identity of `machine` exists at a vantage only",
            "add `at: <name>`",
        ),
        (
            "    as: machine\n",
            "    as: home-auditor\n    tenant: home\n",
            "56:5: `tenant` has no effect on `secret-read`: the identity decides which tenant is asked",
            "remove `tenant`",
        ),
        (
            "    at: app\n    as: machine\n",
            "    as: home-auditor\n",
            "54:9: no telling which tenant's tokens `home-auditor` gets: it is of the kind `auto`",
            "`tenant:`",
        ),
    ]);
}

#[test]
fn what_links_need_of_each_other() {
    refuses(&[
        (
            "needs: [application]",
            "needs: [aplication]",
            "38:13: unknown link `aplication`",
            "did you mean `application`?",
        ),
        (
            "needs: [application]",
            "needs: [role]",
            "38:13: the link `role` needs itself",
            "remove it",
        ),
        (
            "{from: endpoint.target}",
            "{from: role.target}",
            "40:21: the link `role` needs itself",
            "remove it",
        ),
        (
            "{from: endpoint.target}",
            "{from: endpiont.target}",
            "40:21: unknown link `endpiont`",
            "did you mean `endpoint`?",
        ),
        (
            "{from: endpoint.target}",
            "{from: endpoint}",
            "40:21: `endpoint` names no fact",
            "facts of each check",
        ),
        (
            "{from: endpoint.target}",
            "{from: endpoint.traget}",
            "40:21: the link `endpoint` provides no fact `traget`",
            "did you mean `target`?",
        ),
        (
            "{from: endpoint.target}",
            "{from: name.target}",
            "40:21: the link `name` provides no fact `target`",
            "xtenant checks name-resolves",
        ),
        (
            "{from: endpoint.target}",
            "{from: endpoint.addresses}",
            "40:21: the fact `endpoint.addresses` is of the type `addresses`",
            "use a fact of the type `resource-id`",
        ),
    ]);
}

#[test]
fn links_that_need_each_other_in_a_circle_are_named_with_their_places() {
    refuses(&[(
        "    about: the endpoint of the vault\n",
        "    needs: [name]\n",
        "29:13: links that need each other in a circle: `endpoint` → `name` → `endpoint`",
        "remove one of: `endpoint` needs `name` (line 29), `name` needs `endpoint` (line 36)",
    )]);
    let text = story_with("needs: [application]", "needs: [secret]")
        .replace("needs: [name]", "needs: [role]");
    let found = problems(&text, &Sources::default());
    assert_eq!(found.len(), 1, "{}", render(&found, false));
    assert_eq!(
        told(&found[0]).0,
        "38:13: links that need each other in a circle: `role` → `secret` → `role`"
    );
}

#[test]
fn a_mistake_hides_no_other_and_causes_none() {
    for (from, to, count) in [
        // The subscription list of a broken tenant is still known, and so is its name.
        ("id: 11111111-1111-1111-1111-111111111111", "id: 1", 1),
        // Nobody knows what an unread list would hold.
        ("[aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa]", "[aaaaaaaa]", 1),
        (
            "[aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa]",
            "['${nothing}']",
            1,
        ),
        (
            "{client-id: dddddddd-dddd-dddd-dddd-dddddddddddd}",
            "{client-id: 5}",
            1,
        ),
        // A link that others need is known by its name, whatever is wrong with it.
        ("  - id: endpoint\n", "  - id: endpoint\n    within: x\n", 1),
        ("  - id: endpoint\n", "  - id: '${nothing}'\n", 1),
        // A variable without a value is one problem, however often it is used.
        (
            "vault: {env: XT_VAULT, default: kv}",
            "vault: {env: XT_VAULT}",
            1,
        ),
        (
            "vault: {env: XT_VAULT, default: kv}",
            "vault: {env: [XT_VAULT]}",
            1,
        ),
        // A link with a broken id still gets its parameters checked.
        (
            "  - id: role\n    needs: [application]\n    role-held:\n",
            "  - id: R\n    needs: [b]\n    role-held:\n      x: 1\n",
            3,
        ),
        // Facts are looked at although another parameter is broken.
        (
            "      scope: {from: endpoint.target}\n",
            "      scope: {from: endpoint.tarket}\n      x: 1\n",
            2,
        ),
        ("tenants:\n", "tenants: []\nx:\n", 2),
        ("vantages:\n", "vantages: 5\nx:\n", 2),
    ] {
        let found = problems(&story_with(from, to), &Sources::default());
        assert_eq!(found.len(), count, "{to}\n{}", render(&found, false));
    }
}

#[test]
fn ten_mistakes_are_ten_messages_in_file_order() {
    let changes = [
        ("scenario: story\n", "scenario: Story\n"),
        (
            "    id: 22222222-2222-2222-2222-222222222222\n",
            "    id: 2222\n",
        ),
        ("read-as: resource-auditor", "read-as: resource-auditer"),
        ("home-auditor: auto", "home-auditor: {managed-identty: {}}"),
        ("    tenant: home\n", ""),
        (
            "endpoint: /subscriptions/aaaaaaaa",
            "endpoint: /subscriptions/eeeeeeee",
        ),
        ("name: \"${vault}.vault", "name: \"${valut}.vault"),
        ("{from: endpoint.target}", "{from: endpoint.addresses}"),
        ("needs: [name]", "needs: [names]"),
        ("within: 5m", "within: 5 minutes"),
    ];
    let text = changes.iter().fold(STORY.to_owned(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "{from}");
        text.replacen(from, to, 1)
    });
    let found = problems(&text, &Sources::default());
    insta::assert_snapshot!(render(&found, false), @r#"
    error: invalid text `Story`
     --> scenario.yaml:2:11
      |
    2 | scenario: Story
      |           ^^^^^
      |
      = expected: a name of lower-case letters, digits and hyphens that begins with a letter or a digit
      = help: write it in lower case, with hyphens between words

    error: invalid text `2222`
      --> scenario.yaml:13:9
       |
    13 |     id: 2222
       |         ^^^^
       |
       = expected: a GUID such as 11111111-1111-1111-1111-111111111111
       = help: give the id, not the name: `az account list` shows tenants and subscriptions by id

    error: unknown identity `resource-auditer`
      --> scenario.yaml:16:14
       |
    16 |     read-as: resource-auditer
       |              ^^^^^^^^^^^^^^^^
       |
       = expected: one of `home-auditor`, `resource-auditor`, `machine`, `workload`
       = help: did you mean `resource-auditor`?

    error: unknown name `managed-identty`
      --> scenario.yaml:18:18
       |
    18 |   home-auditor: {managed-identty: {}}
       |                  ^^^^^^^^^^^^^^^
       |
       = expected: one of `auto`, `azure-cli`, `azure-developer-cli`, `azure-pipelines`, `client-certificate`, `client-secret`, `federated`, `github-oidc`, `managed-identity`, `workload-identity`
       = help: did you mean `managed-identity`?

    error: `application-known` needs `tenant`: its parameters do not say which tenant to ask
      --> scenario.yaml:26:5
       |
    26 |     application-known: {application: cccccccc-cccc-cccc-cccc-cccccccccccc}
       |     ^^^^^^^^^^^^^^^^^
       |
       = expected: `tenant` with one of `home`, `resource`
       = help: add `tenant: <name>` to the link

    error: no tenant lists the subscription eeeeeeee-aaaa-aaaa-aaaa-aaaaaaaaaaaa
      --> scenario.yaml:30:17
       |
    30 | ...nt: /subscriptions/eeeeeeee-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
       |
       = expected: an id in a subscription or management group of a tenant of this scenario
       = help: add it to `subscriptions:` of the tenant that it belongs to

    error: undeclared variable `valut`
      --> scenario.yaml:34:14
       |
    34 |       name: "${valut}.vault.azure.net"
       |              ^^^^^^^^
       |
       = expected: one of `vault`, `password`
       = help: did you mean `vault`?

    error: the fact `endpoint.addresses` is of the type `addresses`
      --> scenario.yaml:39:21
       |
    39 |       scope: {from: endpoint.addresses}
       |                     ^^^^^^^^^^^^^^^^^^
       |
       = expected: a fact of the type `resource-id`
       = help: use a fact of the type `resource-id`, or write the value; `xtenant checks` lists the facts

    error: unknown link `names`
      --> scenario.yaml:44:13
       |
    44 |     needs: [names]
       |             ^^^^^
       |
       = expected: one of `application`, `endpoint`, `name`, `role`, `secret`, `isolation`
       = help: did you mean `name`?

    error: invalid text `5 minutes`
      --> scenario.yaml:46:13
       |
    46 |     within: 5 minutes
       |             ^^^^^^^^^
       |
       = expected: a length of time such as `90s`, `5m`, `1h30m` or `250ms`
       = help: write whole numbers with `h`, `m`, `s` or `ms` directly behind them
    "#);
    assert_eq!(found.len(), changes.len());
    assert!(
        found
            .iter()
            .all(|problem| problem.hint.is_some() && told(problem).0.len() > 3)
    );
}

#[test]
fn of_very_many_mistakes_the_first_hundred_are_shown() {
    let links: String = (0..3_000)
        .map(|index| format!("  - {{id: a{index}, needs: [b{index}], x: 1}}\n"))
        .collect();
    let (head, _) = STORY.split_once("  - id: application\n").unwrap();
    let found = problems(&format!("{head}{links}"), &Sources::default());
    assert_eq!(found.len(), 101);
    assert_eq!(found[100].title, "5900 more problems are not shown");
    assert!(
        render(&found, false)
            .trim_end()
            .ends_with("repair those above, and look again")
    );
}
