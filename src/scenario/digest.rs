//! What halves of a run are compared by: the scenario after variables, without what may differ between them.

use std::fmt::Write as _;

use ring::digest::{SHA256, digest};
use serde_json::Value;

use crate::source::{Map, Node};

/// Keys of the file that say where values come from or where to ask, not what is claimed.
const LEFT_OUT: [&str; 3] = ["matrix", "target", "variables"];

/// SHA-256, in hex, of the canonical JSON of the file: keys sorted, secrets hidden, variables filled in.
pub(super) fn of(root: &Map) -> String {
    let kept = root
        .iter()
        .filter(|(key, _)| !LEFT_OUT.contains(&key.name.as_str()));
    let kept: Map = kept
        .map(|(key, node)| (key.clone(), node.clone()))
        .collect();
    let json = sorted(Node::new(kept, crate::source::Span::default()).to_json());
    let hash = digest(&SHA256, json.to_string().as_bytes());
    hash.as_ref().iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(values) => values.into_iter().map(sorted).collect(),
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries
                .into_iter()
                .map(|(name, value)| (name, sorted(value)))
                .collect();
            entries.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(entries.into_iter().collect())
        }
        other => other,
    }
}
