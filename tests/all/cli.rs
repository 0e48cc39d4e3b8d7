//! Flags, messages and exit codes of the binary.

use std::fs;
use std::io::Read as _;
use std::net::TcpListener;
use std::process::Stdio;

use serde_json::Value;

use crate::support::{NO_ROLE, command, copy, edit, ran, report, root, xtenant};

const CHAIN: &str = "scenarios/cross-tenant-vault";
const PENDING: &str = "private-endpoint-pending@/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateEndpoints/vault";

const UNLINKED: &str = "zone-not-linked@/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa/resourceGroups/net/providers/Microsoft.Network/privateDnsZones/privatelink.vaultcore.azure.net/virtualNetworkLinks/home";

/// A link of the report's first chain.
fn link(report: &serde_json::Value, id: &str) -> serde_json::Value {
    let links = report["chains"][0]["links"].as_array().expect("links");
    links
        .iter()
        .find(|link| link["id"] == id)
        .unwrap_or_else(|| panic!("no link {id}"))
        .clone()
}

#[test]
fn a_fault_is_told_with_cause_owner_and_fix_and_ends_with_1() {
    let ran = xtenant(["run", CHAIN, "--fault", PENDING]);
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    for said in [
        "First cause: vault-endpoint",
        "private-endpoint-approved.pending",
        "owner     resource (2222",
        "fix       az ",
    ] {
        assert!(
            ran.stdout.contains(said),
            "`{said}` is not in\n{}",
            ran.stdout
        );
    }
}

#[test]
fn keep_going_asks_what_a_red_link_would_block() {
    let (_, blocked) = report([CHAIN, "--fault", UNLINKED]);
    let (_, asked) = report([CHAIN, "--fault", UNLINKED, "--keep-going"]);
    assert_eq!(link(&blocked, "vault-name")["outcome"], "blocked");
    let name = link(&asked, "vault-name");
    assert_eq!(name["outcome"], "fail", "{}", name["reason"]);
    assert_eq!(
        name["findings"][0]["code"],
        "dns-resolves-privately.public-address"
    );
}

#[test]
fn a_link_or_tag_selects_itself_and_what_it_needs() {
    let (ran, by_link) = report([CHAIN, "--link", "vault-name"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let passed = |report: &serde_json::Value| -> Vec<String> {
        let links = report["chains"][0]["links"].as_array().expect("links");
        links
            .iter()
            .filter(|link| link["outcome"] == "pass")
            .map(|link| link["id"].as_str().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        passed(&by_link),
        ["vault-endpoint", "vault-zone", "vault-name"]
    );
    let (_, by_tag) = report([CHAIN, "--tag", "isolation"]);
    assert!(passed(&by_tag).contains(&"isolation".to_owned()));
    assert!(!passed(&by_tag).contains(&"blob".to_owned()));
    let unknown = xtenant(["run", CHAIN, "--link", "vault-nam"]);
    assert_eq!(unknown.code, 2);
    assert!(unknown.stderr.contains("vault-name"), "{}", unknown.stderr);
}

#[test]
fn jobs_do_not_change_what_is_found() {
    let (one, _) = report([CHAIN, "--jobs", "1"]);
    assert_eq!(one.code, 0, "{}", one.stderr);
    assert_eq!(xtenant(["run", CHAIN, "--jobs", "0"]).code, 2);
}

#[test]
fn variables_come_from_files_and_from_the_command_line_which_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let (yaml, json) = (
        folder.path().join("vars.yaml"),
        folder.path().join("vars.json"),
    );
    fs::write(&yaml, "vault: kv-other\n").expect("written");
    fs::write(&json, "{\"vault\": \"kv-third\"}").expect("written");
    let (yaml, json) = (
        yaml.to_str().expect("a path"),
        json.to_str().expect("a path"),
    );
    let vault = |arguments: &[&str]| {
        let (_, report) = report(
            [
                &[CHAIN, "--link", "vault-connection", "--keep-going"],
                arguments,
            ]
            .concat(),
        );
        report["chains"][0]["links"][5]["parameters"]["resource"]
            .as_str()
            .unwrap_or_default()
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(vault(&["--vars", yaml]), "kv-other");
    assert_eq!(vault(&["--vars", yaml, "--vars", json]), "kv-third");
    assert_eq!(
        vault(&["--vars", yaml, "--var", "vault=kv-last"]),
        "kv-last"
    );
    let undeclared = xtenant(["run", CHAIN, "--var", "vualt=x"]);
    assert_eq!(undeclared.code, 2);
    assert!(undeclared.stderr.contains("vault"), "{}", undeclared.stderr);
    assert_eq!(xtenant(["run", CHAIN, "--var", "vault"]).code, 2);
}

#[test]
fn an_unknown_is_inconclusive_unless_that_is_said_to_be_ok() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.world,
        "displayName: home-auditor\n        graph-permissions: [Application.Read.All]",
        "displayName: home-auditor",
    );
    let path = copied.scenario.to_str().expect("a path");
    let (ran, report) = report([path, "--link", "application"]);
    assert_eq!(ran.code, 5, "{}", ran.stdout);
    assert_eq!(report["chains"][0]["links"][1]["outcome"], "unknown");
    assert_eq!(
        xtenant(["run", path, "--link", "application", "--inconclusive", "ok"]).code,
        0
    );
    // The token that is exchanged later proves what could not be looked at.
    assert_eq!(xtenant(["run", path]).code, 0);
}

#[test]
fn strict_makes_a_warning_fail() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.world,
        "roleDefinitions/4633458b-17de-408a-b874-0445c86b69e6   # Key Vault Secrets User",
        "roleDefinitions/00482a5a-887f-4fb3-b363-3b7fe8e74483   # Key Vault Administrator",
    );
    let path = copied.scenario.to_str().expect("a path");
    let lenient = xtenant(["run", path]);
    assert_eq!(lenient.code, 0, "{}", lenient.stdout);
    assert!(
        lenient.stdout.contains("Warning: vault-role"),
        "{}",
        lenient.stdout
    );
    assert_eq!(xtenant(["run", path, "--strict"]).code, 1);
}

#[test]
fn a_wait_takes_no_time_on_the_embedded_mock_and_ends_with_7_when_all_could_heal() {
    let one = [CHAIN, "--fault", NO_ROLE, "--link", "vault-role"];
    let (ran, report) = report([&one[..], &["--wait", "5m"]].concat());
    let link = link(&report, "vault-role");
    assert!(
        link["tries"].as_u64().is_some_and(|tries| tries > 3),
        "{}",
        link["tries"]
    );
    let spent = link["milliseconds"].as_u64().unwrap_or_default();
    assert!((300_000..400_000).contains(&spent), "{spent}");
    assert_eq!(ran.code, 7, "{}", ran.stderr);
    assert_eq!(xtenant([&["run"], &one[..]].concat()).code, 1);
    assert_eq!(
        xtenant([&["run"], &one[..], &["--wait", "soon"]].concat()).code,
        2
    );
}

#[test]
fn the_api_version_of_a_type_can_be_overridden() {
    let (_, report) = report([
        CHAIN,
        "--link",
        "vault-connection",
        "--api-version",
        "Microsoft.KeyVault/vaults=2023-07-01",
    ]);
    let text = report.to_string();
    assert!(
        text.contains("vaults/kv-resource/privateEndpointConnections?api-version=2023-07-01"),
        "{text}"
    );
    assert_eq!(
        xtenant(["run", CHAIN, "--api-version", "vaults=latest"]).code,
        2
    );
}

#[test]
fn several_reports_at_once_each_to_its_own_place() {
    let folder = tempfile::tempdir().expect("a folder");
    let (json, text) = (
        folder.path().join("out.json"),
        folder.path().join("out.txt"),
    );
    let ran = xtenant([
        "run",
        "scenarios/same-tenant-vault",
        "-o",
        "console",
        "-o",
        &format!("json:{}", json.display()),
        "-o",
        &format!("console:{}", text.display()),
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("same-tenant-vault"));
    let text = fs::read_to_string(text).expect("written");
    assert!(
        text.contains("good") && !text.contains('\u{1b}'),
        "a file holds no colours: {text}"
    );
    let report: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(json).expect("written")).expect("JSON");
    assert_eq!(report["format"], 1);
    assert_eq!(
        xtenant(["run", CHAIN, "-o", "json", "-o", "console"]).code,
        2,
        "two to standard output"
    );
    let unknown = xtenant(["run", CHAIN, "-o", "jsn"]);
    assert!(
        unknown.code == 2 && unknown.stderr.contains("json"),
        "{}",
        unknown.stderr
    );
    let unwritable = xtenant(["run", CHAIN, "-o", "json:/no/such/folder/x.json"]);
    assert!(
        unwritable.code == 2 && unwritable.stderr.contains("/no/such/folder/x.json"),
        "{}",
        unwritable.stderr
    );
}

#[test]
fn a_target_that_is_none_or_does_not_answer_is_told_in_clear_words() {
    let none = xtenant(["run", CHAIN, "--target", "moon"]);
    assert!(
        none.code == 2 && none.stderr.contains("`moon`"),
        "{}",
        none.stderr
    );
    // A port that was free a moment ago: nobody listens there.
    let free = TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port");
    let nobody = xtenant(["run", CHAIN, "--target", &format!("mock@{free}")]);
    assert!(
        nobody.code == 2 && nobody.stderr.contains("no mock answers"),
        "{} {}",
        nobody.code,
        nobody.stderr
    );
    let copied = copy("cross-tenant-vault");
    edit(&copied.scenario, "target: mock\n", "");
    let silent = xtenant(["run", copied.scenario.to_str().expect("a path")]);
    assert!(
        silent.code == 2 && silent.stderr.contains("--target"),
        "{}",
        silent.stderr
    );
}

#[test]
fn a_malformed_world_is_told_like_a_malformed_scenario() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.world,
        "version: 1\nworld: cross-tenant-vault",
        "version: 1\nwrold: cross-tenant-vault",
    );
    let told = xtenant(["run", copied.scenario.to_str().expect("a path")]);
    assert_eq!(told.code, 3, "{}", told.stderr);
    assert!(
        told.stderr.contains("world.yaml:4:1")
            && told.stderr.contains('^')
            && told.stderr.contains("world"),
        "{}",
        told.stderr
    );
    fs::remove_file(&copied.world).expect("removed");
    let missing = xtenant(["run", copied.scenario.to_str().expect("a path")]);
    assert!(
        missing.code == 2
            && missing.stderr.contains("world.yaml")
            && missing.stderr.contains("--world"),
        "{} {}",
        missing.code,
        missing.stderr
    );
    let other = root().join(CHAIN).join("world.yaml");
    let given = xtenant([
        "run",
        copied.scenario.to_str().expect("a path"),
        "--world",
        other.to_str().expect("a path"),
    ]);
    assert_eq!(given.code, 0, "{}", given.stderr);
    let fault = xtenant(["run", CHAIN, "--fault", "private-endpoint-pendin@x"]);
    assert!(
        fault.code == 2 && fault.stderr.contains("private-endpoint-pending"),
        "{} {}",
        fault.code,
        fault.stderr
    );
}

#[test]
fn the_mock_can_be_attached_to_by_its_control_address() {
    let folder = tempfile::tempdir().expect("a folder");
    let (ready, ca) = (
        folder.path().join("ready.json"),
        folder.path().join("ca.pem"),
    );
    let mut mock = command()
        .args(["mock", "--world", &format!("{CHAIN}/world.yaml")])
        .args([
            "--ready-file".as_ref(),
            ready.as_os_str(),
            "--ca-out".as_ref(),
            ca.as_os_str(),
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the mock starts");
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(mock.stdout.take().expect("piped"));
    std::io::BufRead::read_line(&mut stdout, &mut line).expect("a line when ready");
    let coordinates: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!(
        fs::read_to_string(&ready).expect("the ready file").trim(),
        line.trim()
    );
    assert!(
        fs::read_to_string(&ca)
            .expect("the CA")
            .contains("BEGIN CERTIFICATE")
    );
    let control = coordinates["control"].as_str().expect("a control address");

    let attached = xtenant(["run", CHAIN, "--target", &format!("mock@{control}")]);
    assert_eq!(attached.code, 0, "{}\n{}", attached.stdout, attached.stderr);
    assert!(
        attached
            .stdout
            .contains(&format!("mock (at {control}, world cross-tenant-vault)")),
        "{}",
        attached.stdout
    );
    let world = xtenant([
        "run",
        CHAIN,
        "--target",
        &format!("mock@{control}"),
        "--world",
        "x",
    ]);
    assert_eq!(world.code, 2);

    let port = control.rsplit(':').next().expect("a port").to_owned();
    let taken = xtenant([
        "mock",
        "--world",
        &format!("{CHAIN}/world.yaml"),
        "--control-port",
        &port,
    ]);
    assert!(
        taken.code == 2 && taken.stderr.contains(&port),
        "{} {}",
        taken.code,
        taken.stderr
    );
    mock.kill().expect("stopped");
    let _ = mock.wait();
    let mut rest = String::new();
    let _ = stdout.read_to_string(&mut rest);
    assert_eq!(rest, "", "the mock prints one line");
}

#[test]
fn the_mock_takes_the_ports_address_and_faults_that_it_is_given() {
    let free = || {
        let listener = TcpListener::bind("127.0.0.2:0").expect("a port");
        listener
            .local_addr()
            .expect("an address")
            .port()
            .to_string()
    };
    let (https, identity, dns, proxy) = (free(), free(), free(), free());
    let mut mock = command()
        .args([
            "mock",
            "--world",
            &format!("{CHAIN}/world.yaml"),
            "--host",
            "127.0.0.2",
            "--fault",
            PENDING,
        ])
        .args([
            "--https-port",
            &https,
            "--identity-port",
            &identity,
            "--dns-port",
            &dns,
            "--proxy-port",
            &proxy,
        ])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the mock starts");
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(mock.stdout.take().expect("piped"));
    std::io::BufRead::read_line(&mut stdout, &mut line).expect("a line when ready");
    let coordinates: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let app = &coordinates["vantages"][0];
    assert_eq!(coordinates["https"], format!("127.0.0.2:{https}"));
    assert_eq!(app["dns"], format!("127.0.0.2:{dns}"));
    assert!(
        app["managed-identity"]
            .to_string()
            .contains(&format!("127.0.0.2:{identity}")),
        "{app}"
    );
    assert_eq!(app["proxy"], format!("127.0.0.2:{proxy}"));
    let control = coordinates["control"].as_str().expect("a control address");
    let (_, report) = report([CHAIN, "--target", &format!("mock@{control}")]);
    assert_eq!(
        link(&report, "vault-endpoint")["findings"][0]["code"],
        "private-endpoint-approved.pending"
    );
    mock.kill().expect("stopped");
    let _ = mock.wait();
    let form = xtenant([
        "mock",
        "--world",
        &format!("{CHAIN}/world.yaml"),
        "--fault",
        "nonsense",
    ]);
    assert!(
        form.code == 2 && form.stderr.contains("ID@PLACE"),
        "{} {}",
        form.code,
        form.stderr
    );
}

#[test]
fn every_flag_of_the_help_is_used_by_a_test() {
    let files = crate::layering::rust_files(&root().join("tests/all"));
    let tests: String = files
        .iter()
        .map(|file| fs::read_to_string(file).expect("a test file"))
        .collect();
    for command in [
        "run",
        "list",
        "report",
        "checks",
        "mock",
        "schema",
        "completions",
    ] {
        let help = xtenant([command, "--help"]).stdout;
        let flags = help
            .split_whitespace()
            .filter(|word| word.starts_with("--") && word.len() > 2);
        for flag in flags.map(|flag| flag.trim_end_matches([',', '`', ';', '.'])) {
            let used =
                flag == "--help" || flag == "--output" || tests.contains(&format!("\"{flag}\""));
            assert!(used, "no test uses {flag} of `xtenant {command}`");
        }
    }
}

#[test]
fn a_closed_standard_output_is_told_and_does_not_panic() {
    let mut child = command()
        .args(["run", CHAIN])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let ran = ran(&child.wait_with_output().expect("ends"));
    assert!(
        ran.code == 2 && ran.stderr.contains("standard output"),
        "{} {}",
        ran.code,
        ran.stderr
    );
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
}

#[test]
fn a_reader_that_has_read_enough_ends_a_run_quietly_with_the_code_of_what_was_found() {
    let faulty = ["run", "-o", "json", CHAIN, "--fault", PENDING];
    let good = ["run", "-o", "json", CHAIN];
    for (arguments, code) in [
        (&faulty[..], 1),
        (&good[..], 0),
        (&["checks", "--markdown"][..], 0),
    ] {
        let mut child = command()
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("piped");
        let mut stdout = std::io::BufReader::with_capacity(16, stdout);
        std::io::BufRead::read_line(&mut stdout, &mut line).expect("a line");
        drop(stdout);
        let ran = ran(&child.wait_with_output().expect("ends"));
        assert_eq!((ran.code, ran.stderr.as_str()), (code, ""), "{arguments:?}");
    }
}

#[test]
fn when_nothing_runs_no_report_is_left_and_the_one_of_before_stays() {
    let copied = copy("cross-tenant-vault");
    edit(&copied.world, "world: cross-tenant-vault", "wrold: x");
    let folder = tempfile::tempdir().expect("a folder");
    let (fresh, before) = (
        folder.path().join("new.json"),
        folder.path().join("old.json"),
    );
    fs::write(&before, "of before").expect("written");
    let ran = xtenant([
        "run".into(),
        copied.scenario.display().to_string(),
        format!("-ojson:{}", fresh.display()),
        format!("-ojunit:{}", before.display()),
    ]);
    assert_eq!(ran.code, 3, "{}", ran.stderr);
    let left = fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 1, "nothing new");
    assert_eq!(fs::read_to_string(&before).expect("there"), "of before");
}

#[test]
fn checks_and_schema_print_what_they_are_asked_for() {
    assert!(xtenant(["checks"]).stdout.contains("token-exchanged"));
    assert!(
        xtenant(["checks", "--markdown"])
            .stdout
            .starts_with("# Checks")
    );
    assert!(
        xtenant(["checks", "token-exchanged"])
            .stdout
            .contains("AADSTS700213")
    );
    let unknown = xtenant(["checks", "token-exchange"]);
    assert!(
        unknown.code == 2 && unknown.stderr.contains("token-exchanged"),
        "{}",
        unknown.stderr
    );
    for which in ["scenario", "world", "report"] {
        let schema = xtenant(["schema", which]);
        assert!(
            serde_json::from_str::<serde_json::Value>(&schema.stdout)
                .is_ok_and(|schema| schema.is_object()),
            "{which}"
        );
    }
    assert_eq!(xtenant(["schema", "moon"]).code, 2);
    assert_eq!(xtenant(["--version"]).code, 0);
    assert_eq!(xtenant(["run"]).code, 2);
    assert_eq!(xtenant(["run", "no-such-file.yaml"]).code, 2);
}

#[test]
fn an_api_version_that_azure_will_take_away_is_a_warning_of_each_link_that_uses_it() {
    let old = ["--api-version", "Microsoft.KeyVault/vaults=2023-07-01"];
    let (ran, report) = report([&["scenarios/cross-tenant-vault"], &old[..]].concat());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let links = report["chains"][0]["links"].as_array().expect("links");
    let warned = |link: &&Value| {
        let code = link["findings"][0]["code"].as_str().unwrap_or_default();
        code.ends_with(".api-version-retires") && link["outcome"] == "warning"
    };
    let names: Vec<&str> = links
        .iter()
        .filter(warned)
        .filter_map(|link| link["id"].as_str())
        .collect();
    for (id, is_asked) in [
        ("vault-connection", true),
        ("vault-role", true),
        ("blob-connection", false),
    ] {
        assert_eq!(names.contains(&id), is_asked, "{id}: {names:?}");
    }
}
