//! Scenario files below a folder.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::source::Problem;

/// The name of a scenario file in its folder.
pub const FILE_NAME: &str = "scenario.yaml";

/// The files that paths stand for: a file for itself, a folder for every [`FILE_NAME`] below it, in the order of their
/// paths. Hidden folders are passed over, and no file is found twice.
///
/// # Errors
/// When a path does not exist or cannot be read, or when there is no scenario below a folder.
pub fn find(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for path in paths {
        let files = if path.is_dir() {
            below(path)?
        } else {
            refuse_a_pipe(path)?;
            vec![path.clone()]
        };
        for file in files {
            if seen.insert(real(&file)?) {
                found.push(file);
            }
        }
    }
    Ok(found)
}

/// A scenario is read more than once, and its waivers and its world stand beside it: what can be read only once, or may
/// have nobody who writes it, is refused before it is opened.
fn refuse_a_pipe(path: &Path) -> Result<(), Problem> {
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => {
            let problem = Problem::of_file(
                shown(path),
                "this is no file: a scenario is read more than once",
            );
            Err(problem
                .expected("a file or a folder")
                .hint("write the scenario to a file first"))
        }
        _ => Ok(()),
    }
}

/// The scenarios below a folder. A folder that links lead to twice is looked at once, so a loop comes to an end.
fn below(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    let mut seen = HashSet::from([real(folder)?]);
    while let Some(folder) = open.pop() {
        for entry in entries(&folder)? {
            if entry.is_dir() {
                if !is_hidden(&entry) && seen.insert(real(&entry)?) {
                    open.push(entry);
                }
            } else if entry.file_name().is_some_and(|name| name == FILE_NAME) {
                found.push(entry);
            }
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(
            Problem::of_file(shown(folder), "no scenario in this folder or below it")
                .expected(format!("a file named `{FILE_NAME}`"))
                .hint("give the path of a scenario, or of a folder that holds some"),
        );
    }
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, Problem> {
    let read =
        fs::read_dir(folder).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    read.map_err(|error: io::Error| unreadable(folder, &error))
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The path by which two ways to the same file or folder are known.
fn real(path: &Path) -> Result<PathBuf, Problem> {
    fs::canonicalize(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::NotFound => {
            Problem::of_file(shown(path), "no such file or folder").hint("check the path")
        }
        io::ErrorKind::PermissionDenied => {
            Problem::of_file(shown(path), "no permission to look there")
                .hint("allow it, or give the paths of the scenarios themselves")
        }
        _ => Problem::of_file(shown(path), format!("failed to look there: {error}"))
            .hint("check the path"),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder with these files.
    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        folder
    }

    fn names(folder: &Path, paths: &[PathBuf]) -> Vec<String> {
        let name = |path: &PathBuf| path.strip_prefix(folder).unwrap().display().to_string();
        find(paths).unwrap().iter().map(name).collect()
    }

    #[test]
    fn finds_scenarios_below_a_folder_in_the_order_of_their_paths() {
        let folder = folder(&[
            "b/scenario.yaml",
            "a/x/scenario.yaml",
            "a/world.yaml",
            ".git/scenario.yaml",
            "scenario.yaml",
        ]);
        let root = folder.path().to_owned();
        let all = ["a/x/scenario.yaml", "b/scenario.yaml", "scenario.yaml"];
        assert_eq!(names(&root, std::slice::from_ref(&root)), all);
        assert_eq!(
            names(&root, &[root.join("b"), root.clone()]),
            ["b/scenario.yaml", all[0], all[2]]
        );
        assert_eq!(names(&root, &[root.join("a/world.yaml")]), ["a/world.yaml"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_in_circles_are_followed_once() {
        let folder = folder(&["a/scenario.yaml"]);
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/loop")).unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("a/dangling")).unwrap();
        assert_eq!(
            names(folder.path(), &[folder.path().to_owned()]),
            ["a/scenario.yaml"]
        );
    }

    #[cfg(unix)]
    #[test]
    fn what_is_neither_file_nor_folder_is_refused_before_it_is_opened() {
        let problem = find(&[PathBuf::from("/dev/null")]).unwrap_err();
        assert!(problem.title.starts_with("this is no file"), "{problem}");
    }

    #[test]
    fn says_so_when_there_is_none() {
        let folder = folder(&["a/world.yaml"]);
        let problem = find(&[folder.path().to_owned()]).unwrap_err();
        assert_eq!(problem.title, "no scenario in this folder or below it");
        let problem = find(&[folder.path().join("b")]).unwrap_err();
        assert_eq!(problem.title, "no such file or folder");
    }
}
