//! Live targets, in an empty network namespace: there is no Azure there, and nothing else either, so what is told about
//! its absence can be seen without a packet leaving the machine.

use std::process::Command;

use crate::support::{Ran, command, copy, edit, ran};

/// Runs the binary where there is no network at all; nothing where namespaces cannot be made.
#[expect(clippy::print_stdout, reason = "a test that cannot run says so")]
fn offline(arguments: &[&str]) -> Option<Ran> {
    let possible = Command::new("unshare")
        .args(["--net", "true"])
        .status()
        .is_ok_and(|status| status.success());
    if !possible {
        println!("NOT RUN: namespaces (`unshare --net` needs root)");
        return None;
    }
    let binary = command();
    let mut unshared = Command::new("unshare");
    unshared
        .arg("--net")
        .arg(binary.get_program())
        .args(arguments);
    unshared
        .current_dir(crate::support::root())
        .env_clear()
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin");
    Some(ran(&unshared.output().expect("unshare runs")))
}

#[test]
fn an_identity_that_lives_outside_is_told_to_be_none_of_a_live_cloud() {
    for target in ["azure", "usgov", "china"] {
        let Some(ran) = offline(&["run", "scenarios/same-tenant-vault", "--target", target]) else {
            return;
        };
        assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
        assert!(
            ran.stdout.contains(&format!("target   {target} (")),
            "{}",
            ran.stdout
        );
        assert!(
            ran.stdout.contains("First cause: identity/home-auditor"),
            "{}",
            ran.stdout
        );
        assert!(
            ran.stdout.contains("`managed-identity` and `federated`"),
            "{}",
            ran.stdout
        );
    }
}

#[test]
fn a_managed_identity_without_its_endpoint_is_told_and_nothing_hangs() {
    let copied = copy("same-tenant-vault");
    edit(
        &copied.scenario,
        "  home-auditor: auto\n",
        "  home-auditor: {managed-identity: {}}\n",
    );
    let path = copied.scenario.to_str().expect("a path");
    let Some(ran) = offline(&["run", path, "--target", "azure"]) else {
        return;
    };
    assert_eq!(ran.code, 1, "{}\n{}", ran.stdout, ran.stderr);
    assert!(
        ran.stdout.contains("169.254.169.254") && ran.stdout.contains("no answer"),
        "{}",
        ran.stdout
    );
}

#[test]
fn worlds_and_faults_are_for_a_mock() {
    let Some(ran) = offline(&[
        "run",
        "scenarios/same-tenant-vault",
        "--target",
        "azure",
        "--fault",
        "x@y",
    ]) else {
        return;
    };
    assert!(
        ran.code == 2 && ran.stderr.contains("--fault"),
        "{} {}",
        ran.code,
        ran.stderr
    );
}
