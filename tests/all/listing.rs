//! What would run, told and drawn; completions.

use crate::support::{copy, edit, xtenant};

const CHAIN: &str = "scenarios/cross-tenant-vault";

#[test]
fn a_list_says_order_identities_and_requests_and_asks_nothing() {
    let list = xtenant(["list", CHAIN, "--link", "secret"]);
    assert_eq!(list.code, 0, "{}", list.stderr);
    for said in [
        "reads    resource (22222222-2222-2222-2222-222222222222) as resource-auditor",
        "secret-readable, asks Entra and the data plane of resource as workload from app",
        "requests Microsoft.KeyVault/vaults/secrets/getSecret/action (data)",
        "requests Application.Read.All (Microsoft Graph)",
        "more are not selected",
    ] {
        assert!(
            list.stdout.contains(said),
            "`{said}` is not in\n{}",
            list.stdout
        );
    }
    let at = |text: &str| {
        list.stdout
            .find(text)
            .unwrap_or_else(|| panic!("no {text}"))
    };
    assert!(at("  vault-endpoint ") < at("  vault-zone "));
    assert!(at("  vault-token ") < at("  secret "));
    // No world, no target: a list needs neither.
    let copied = copy("cross-tenant-vault");
    std::fs::remove_file(&copied.world).expect("removed");
    edit(&copied.scenario, "target: mock\n", "");
    let path = copied.scenario.to_str().expect("a path");
    let list = xtenant(["list", path]);
    assert!(
        list.code == 0 && list.stdout.contains("target   not said"),
        "{}",
        list.stderr
    );
    assert_eq!(xtenant(["list", CHAIN, "--link", "nothing"]).code, 2);
}

#[test]
fn a_graph_draws_what_needs_what_and_quotes_what_it_must() {
    let copied = copy("cross-tenant-vault");
    let rows = "  note: {}\nmatrix:\n  - {note: 'a \"#\\'}\n  - {note: b}\ntenants:\n  home:";
    edit(&copied.scenario, "\ntenants:\n  home:", rows);
    let path = copied.scenario.to_str().expect("a path");
    let draw = |format| {
        xtenant([
            "list",
            path,
            "--link",
            "application",
            "--link",
            "credential",
            "--graph",
            format,
        ])
    };
    let mermaid = draw("mermaid");
    assert_eq!(mermaid.code, 0, "{}", mermaid.stderr);
    for said in [
        "flowchart LR\n  subgraph c0[\"cross-tenant-vault[a #quot;#35;\\]\"]\n",
        "    c0l1[\"application<br>application-multi-tenant\"]\n",
        "    c0l1 --> c0l2\n",
        "  subgraph c1[\"cross-tenant-vault[b]\"]\n",
    ] {
        assert!(
            mermaid.stdout.contains(said),
            "`{said}` is not in\n{}",
            mermaid.stdout
        );
    }
    let dot = draw("dot").stdout;
    for said in [
        "    label=\"cross-tenant-vault[a \\\"#\\\\]\"\n",
        "    c0l1 [label=\"application\\napplication-multi-tenant\"]\n",
        "    c0l1 -> c0l2\n",
    ] {
        assert!(dot.contains(said), "`{said}` is not in\n{dot}");
    }
    assert_eq!(dot.matches('{').count(), dot.matches('}').count());
    assert_eq!(xtenant(["list", path, "--graph", "png"]).code, 2);
}

#[test]
fn completions_are_there_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = xtenant(["completions", shell]);
        assert_eq!(script.code, 0, "{}", script.stderr);
        for word in ["xtenant", "keep-going", "completions"] {
            assert!(script.stdout.contains(word), "{shell} lacks {word}");
        }
    }
    assert_eq!(xtenant(["completions", "moon"]).code, 2);
}
