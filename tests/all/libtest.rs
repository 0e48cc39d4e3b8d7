//! Scenarios as tests: what passes, fails and is ignored, by links and by chains.

use std::fs;
use std::path::Path;

use libtest_mimic::Arguments;
use xtenant::exit_code::ExitCode;
use xtenant::libtest::{Each, run};

use crate::support::{Copied, copy, edit, root};

/// Passed, failed, ignored, filtered out.
type Counts = (u64, u64, u64, u64);

fn counts(folder: &Path, arguments: &[&str], each: Each) -> Counts {
    let arguments = [&["tests", "--quiet"], arguments].concat();
    let arguments = Arguments::from_iter(arguments);
    let ended = run(folder, &arguments, each).expect("the scenarios load");
    (
        ended.num_passed,
        ended.num_failed,
        ended.num_ignored,
        ended.num_filtered_out,
    )
}

/// A copy of the bundled chain in which `vault-name` needs an application that is gone: that link fails, `vault-name` and
/// what needs it are blocked.
fn broken() -> Copied {
    let copied = copy("cross-tenant-vault");
    let gone = "  - id: gone\n    tenant: home\n    application-multi-tenant:\n      application: 99999999-9999-4999-8999-999999999999\n";
    let before = "  - id: vault-name\n    at: app\n    needs: [vault-zone";
    edit(&copied.scenario, before, &format!("{gone}{before}, gone"));
    copied
}

#[test]
fn every_link_is_a_test_over_one_run() {
    let folder = root().join("scenarios/cross-tenant-vault");
    let all = counts(&folder, &[], Each::Link);
    assert_eq!((all.1, all.2, all.3), (0, 0, 0));
    assert!(all.0 >= 19, "{all:?}");
    let (passed, failed, ignored, filtered) = counts(&folder, &["vault-name"], Each::Link);
    assert_eq!(
        (passed, failed, ignored),
        (1, 0, 0),
        "its needs run, and are no tests"
    );
    assert_eq!(passed + filtered, all.0);
}

#[test]
fn a_red_link_fails_and_a_blocked_one_is_ignored_only_beside_it() {
    let copied = broken();
    let folder = copied.scenario.parent().expect("a folder");
    assert_eq!(counts(folder, &[], Each::Link), (18, 1, 3, 0));
    // Nothing else would fail for it.
    assert_eq!(
        counts(
            folder,
            &["--exact", "cross-tenant-vault::secret"],
            Each::Link
        ),
        (0, 1, 0, 21)
    );
}

#[test]
fn under_nextest_a_test_is_a_chain_and_never_passes_without_evidence() {
    let folder = root().join("scenarios/cross-tenant-vault");
    assert_eq!(counts(&folder, &[], Each::Chain), (1, 0, 0, 0));
    let copied = broken();
    let folder = copied.scenario.parent().expect("a folder");
    assert_eq!(
        counts(folder, &["--exact", "cross-tenant-vault"], Each::Chain),
        (0, 1, 0, 0)
    );
    let rows = "matrix:\n  - {vault: kv-resource}\n  - {vault: kv-other}\ntenants:\n  home:";
    edit(&copied.scenario, "tenants:\n  home:", rows);
    assert_eq!(counts(folder, &["kv-other"], Each::Chain), (0, 1, 0, 1));
}

#[test]
fn scenarios_that_cannot_be_loaded_are_no_tests() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = Arguments::from_iter(["tests"]);
    let none = run(folder.path(), &arguments, Each::Link).err();
    assert_eq!(none, Some(ExitCode::Usage));
    fs::write(folder.path().join("scenario.yaml"), "version: 1\n").expect("written");
    let invalid = run(folder.path(), &arguments, Each::Link).err();
    assert_eq!(invalid, Some(ExitCode::Invalid));
}
