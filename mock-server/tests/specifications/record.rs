//! The traffic in files that Azure's own validator reads (`oav validate-traffic`), one exchange each.
//!
//! `XTENANT_TRAFFIC=<folder>` writes what the exercises and examples asked; `XTENANT_RECORDED=<folder>` compares what
//! others recorded in the same form.

use std::path::{Path, PathBuf};

use crate::exchange::Exchange;

/// Where traffic is to be written.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says where the traffic goes"
)]
pub(crate) fn folder() -> Option<PathBuf> {
    std::env::var_os("XTENANT_TRAFFIC").map(PathBuf::from)
}

/// Where traffic of others is.
#[expect(
    clippy::disallowed_methods,
    reason = "whoever runs the tests says where the traffic is"
)]
pub(crate) fn recorded() -> Option<PathBuf> {
    std::env::var_os("XTENANT_RECORDED").map(PathBuf::from)
}

/// Writes exchanges below the folder, by topic.
pub(crate) fn write(folder: &Path, topic: &str, exchanges: &[Exchange]) {
    let folder = folder.join(topic);
    std::fs::create_dir_all(&folder).unwrap();
    for (number, exchange) in exchanges.iter().enumerate() {
        let text = serde_json::to_string_pretty(&exchange.for_oav()).unwrap();
        let name = format!("{number:04}-{}.json", exchange.method.to_lowercase());
        std::fs::write(folder.join(name), text).unwrap();
    }
}

/// All exchanges below a folder, with the names of their files.
pub(crate) fn read(folder: &Path) -> Vec<(String, Exchange)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(read(&path));
        } else if path.extension().is_some_and(|it| it == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let recorded = serde_json::from_str(&text).unwrap();
            found.push((path.display().to_string(), Exchange::of_oav(&recorded)));
        }
    }
    found
}
