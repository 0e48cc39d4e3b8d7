//! Outputs of Terraform and of ARM or Bicep deployments: maps from a name to a map with a `value`.
//!
//! Sources: `terraform output -json` (developer.hashicorp.com/terraform/cli/commands/output) writes
//! `{"name": {"sensitive": bool, "type": …, "value": …}}`; `az deployment … show` writes
//! `{"name": {"type": "String", "value": …}}` below `properties.outputs`, and leaves out the value of a secure output
//! (learn.microsoft.com/azure/azure-resource-manager/templates/outputs).

use super::{Content, content_of};
use crate::source::{Map, Node, Value};

const SECURE_TYPES: [&str; 2] = ["securestring", "secureobject"];

/// The outputs of a whole deployment, as `az deployment group show` writes it.
pub(super) fn of_deployment(root: &Map) -> Option<&Map> {
    root.get("properties")?.as_map()?.get("outputs")?.as_map()
}

/// What an output holds, if the node is one.
pub(super) fn output(node: &Node) -> Option<Content> {
    let map = node.as_map()?;
    let is_secure = has_text(map, "type", &SECURE_TYPES);
    let Some(value) = map.get("value") else {
        return is_secure.then_some(Content::Unusable {
            found: "a secure output without its value, which a deployment does not tell",
            hint: "give it by --var, or by a file of your own",
        });
    };
    let is_sensitive = is_secure || has_text(map, "sensitive", &["true"]);
    Some(match content_of(value) {
        Content::Text { text, .. } => Content::Text {
            text,
            is_secret: is_sensitive,
        },
        Content::Unusable { found, .. } => Content::Unusable {
            found,
            hint: "add an output that is a text, or give the value by --var",
        },
    })
}

fn has_text(map: &Map, name: &str, texts: &[&str]) -> bool {
    match map.get(name).map(|node| &node.value) {
        Some(Value::Scalar(scalar)) => texts
            .iter()
            .any(|text| scalar.text.eq_ignore_ascii_case(text)),
        _ => false,
    }
}
