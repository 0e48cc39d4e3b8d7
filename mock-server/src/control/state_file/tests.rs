//! What is written is read again, and nothing else is.

mod walk;

use serde_json::{Value, json};

use super::*;
use crate::context::Context;
use crate::services::testing::example;

fn kept(context: &Context) -> Kept {
    let clock = &context.clock;
    let frame = crate::world::example().frame();
    Kept::new((clock.start(), clock.now()), frame, context.kept())
}

fn text() -> String {
    String::from_utf8(kept(&example()).text().unwrap()).unwrap()
}

fn refusal(text: &str) -> NotAState {
    Kept::read(text.as_bytes(), None).unwrap_err()
}

/// A changed state, as somebody with an editor would leave it.
fn edited(change: impl FnOnce(&mut Value)) -> String {
    let mut value: Value = serde_json::from_str(&text()).unwrap();
    change(&mut value);
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn a_file_is_written_for_its_owner_alone_and_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    let world = crate::world::example().world;
    assert!(read(&path, &world).unwrap().is_none(), "the first run");
    let first = kept(&example());
    // Something that was left beside it, for everybody to read.
    std::fs::write(folder.path().join("state.json.part"), "old").unwrap();
    for _ in 0..2 {
        write(&path, &first).unwrap();
    }
    let again = read(&path, &world).unwrap().unwrap();
    assert_eq!(again.text().unwrap(), first.text().unwrap());
    assert_eq!((again.now, again.started), (first.now, first.started));
    let names = std::fs::read_dir(folder.path()).unwrap();
    assert_eq!(names.count(), 1, "nothing is left beside it");
    let other = read(&path, "other").unwrap_err().to_string();
    let told = format!(
        "{}: the state is of the world {world}, not of other",
        path.display()
    );
    assert!(other.starts_with(&told), "{other}");
}

#[cfg(unix)]
#[test]
fn secrets_are_for_the_owner_and_links_stay_links() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (link, path) = (folder.path().join("link"), folder.path().join("state.json"));
    std::fs::write(&path, "old").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    write(&link, &kept(&example())).unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    for place in [folder.path(), std::path::Path::new("/dev/null")] {
        for error in [
            write(place, &kept(&example())).unwrap_err(),
            read(place, "w").unwrap_err(),
        ] {
            assert!(error.to_string().contains("not a regular file"), "{error}");
        }
    }
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let text = text();
    let ends = (0..text.len() - 2).step_by(text.len() / 200);
    for end in ends.filter(|end| text.is_char_boundary(*end)) {
        let why = refusal(&text[..end]);
        let line = text[..end].lines().count().max(1);
        let NotAState::Damaged { line: told, .. } = why else {
            panic!("{end}: {why}");
        };
        assert!(told.abs_diff(line) <= 1, "{told} {line}");
    }
}

#[test]
fn what_is_something_else_says_so() {
    for text in [
        "[]",
        "{}",
        "\"x\"",
        r#"{"format":"x","version":2}"#,
        r#"{"format":1}"#,
    ] {
        assert_eq!(refusal(text), NotAState::Foreign, "{text}");
    }
    for found in [0, 1, 3] {
        let newer = json!({"format": FORMAT, "version": found, "unknown": []}).to_string();
        assert_eq!(refusal(&newer), NotAState::Version { found });
    }
    let words = NotAState::Version { found: 3 }.to_string();
    assert!(words.contains("version 3") && words.contains("reads version 2"));
}

#[test]
fn what_was_damaged_by_hand_is_refused_with_its_place() {
    type Change = fn(&mut Value);
    let changes: &[(Change, &str)] = &[
        (
            |it| it["state"]["nonsense"] = json!(1),
            "unknown field `nonsense`",
        ),
        (|it| it["state"]["tenants"] = json!([]), "invalid type"),
        (
            |it| it["state"]["resources"]["all"][0]["id"] = json!("/x"),
            "resource id /x",
        ),
        (
            |it| it["state"]["resources"]["changes"] = json!(1),
            "newer than the last change",
        ),
        (
            |it| {
                let first = it["state"]["resources"]["all"][0].clone();
                it["state"]["resources"]["all"][1] = first;
            },
            "is there twice",
        ),
        (
            |it| it["now"] = json!("yesterday"),
            "component could not be parsed",
        ),
        (
            |it| it["state"]["directory"]["applications"] = json!([]),
            "is named and not there",
        ),
        (
            |it| it["state"]["subscriptions"]["x"] = json!("nowhere"),
            "which is not there",
        ),
        (
            |it| {
                it["state"].as_object_mut().unwrap().remove("secrets");
            },
            "missing field `secrets`",
        ),
    ];
    for (change, wanted) in changes {
        let why = refusal(&edited(change)).to_string();
        assert!(why.contains(wanted), "{wanted}: {why}");
        assert!(
            why.contains("damaged") && why.contains("remove it"),
            "{why}"
        );
    }
    let text = edited(|it| it["state"]["writes"] = json!("many"));
    let line = text.lines().position(|it| it.contains("\"many\"")).unwrap();
    let NotAState::Damaged { line: told, .. } = refusal(&text) else {
        panic!()
    };
    assert_eq!(told, line + 1);
}
