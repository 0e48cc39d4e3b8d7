//! Answers of Microsoft Graph beside its metadata (CSDL): every property exists in the type, with its type, as a list or
//! not, and is not null where it may not be.
//!
//! The type is what `@odata.type` or the fragment of `@odata.context` says.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};
use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::exchange::Exchange;
use crate::spec::Specifications;

/// The file of the metadata.
const FILE: &str = "graph/v1.0/graph-v1.0-cut.csdl.xml";

/// Sets of entities, as contexts name them.
const SETS: &[(&str, &str)] = &[
    ("appRoleAssignedTo", "appRoleAssignment"),
    ("appRoleAssignments", "appRoleAssignment"),
    ("applications", "application"),
    (
        "federatedIdentityCredentials",
        "federatedIdentityCredential",
    ),
    ("organization", "organization"),
    ("servicePrincipals", "servicePrincipal"),
];

/// The types of the metadata.
pub(crate) struct Metadata {
    types: BTreeMap<String, Type>,
}

#[derive(Default)]
struct Type {
    base: Option<String>,
    properties: BTreeMap<String, Property>,
}

struct Property {
    kind: String,
    is_nullable: bool,
}

/// How many objects were compared, and what was wrong.
#[derive(Default)]
pub(crate) struct Compared {
    pub(crate) objects: BTreeMap<String, usize>,
    pub(crate) findings: Vec<String>,
}

impl Metadata {
    pub(crate) fn load(specifications: &Specifications) -> Self {
        let text = std::fs::read_to_string(specifications.folder.join(FILE)).unwrap();
        let document = Document::parse(&text).unwrap();
        let named = ["EntityType", "ComplexType"];
        let nodes = document.descendants();
        let types = nodes.filter(|node| named.contains(&node.tag_name().name()));
        Self {
            types: types.map(read).collect(),
        }
    }

    /// Compares an answer.
    pub(crate) fn compare(&self, exchange: &Exchange, into: &mut Compared) {
        let answer = exchange.answer();
        let context = answer["@odata.context"].as_str().unwrap_or_default();
        let of_context = type_of_context(context);
        let objects: Vec<&Value> = match answer["value"].as_array() {
            Some(list) => list.iter().collect(),
            None => vec![&answer],
        };
        for object in objects.into_iter().filter(|it| it.is_object()) {
            let own = object["@odata.type"].as_str();
            let own = own.and_then(|it| it.strip_prefix("#microsoft.graph."));
            let Some(kind) = own.or(of_context).filter(|it| self.types.contains_key(*it)) else {
                continue;
            };
            *into.objects.entry(kind.to_owned()).or_default() += 1;
            let place = format!("{}: {kind}", exchange.line());
            self.object(kind, object, &place, &mut into.findings);
        }
    }

    fn object(&self, kind: &str, object: &Value, place: &str, findings: &mut Vec<String>) {
        for (name, value) in object.as_object().into_iter().flatten() {
            if name.contains('@') {
                continue;
            }
            let place = format!("{place}.{name}");
            match self.property(kind, name) {
                Some(property) => self.value(property, value, &place, findings),
                None => findings.push(format!("{place}: no such property")),
            }
        }
    }

    fn property(&self, kind: &str, name: &str) -> Option<&Property> {
        let of_type = self.types.get(kind)?;
        let own = of_type.properties.get(name);
        own.or_else(|| self.property(of_type.base.as_deref()?, name))
    }

    fn value(&self, property: &Property, value: &Value, place: &str, findings: &mut Vec<String>) {
        let kind = &property.kind;
        let listed = kind
            .strip_prefix("Collection(")
            .and_then(|it| it.strip_suffix(')'));
        match (listed, value) {
            (_, Value::Null) => {
                // A list is never null, whatever `Nullable` says of its items.
                if !property.is_nullable || listed.is_some() {
                    findings.push(format!("{place}: null"));
                }
            }
            (Some(kind), Value::Array(items)) => {
                for item in items {
                    self.one(kind, item, place, findings);
                }
            }
            (Some(_), _) => findings.push(format!("{place}: {value} is no {kind}")),
            (None, _) => self.one(kind, value, place, findings),
        }
    }

    fn one(&self, kind: &str, value: &Value, place: &str, findings: &mut Vec<String>) {
        let text = value.as_str();
        let fits = match kind {
            "Edm.String" => text.is_some(),
            "Edm.Guid" => text.is_some_and(is_guid),
            "Edm.DateTimeOffset" => {
                text.is_some_and(|it| OffsetDateTime::parse(it, &Rfc3339).is_ok())
            }
            "Edm.Boolean" => value.is_boolean(),
            "Edm.Int16" | "Edm.Int32" | "Edm.Int64" => value.is_i64(),
            "Edm.Binary" => text.is_some_and(|it| it.bytes().all(|it| it.is_ascii_graphic())),
            _ => match kind
                .strip_prefix("graph.")
                .or(kind.strip_prefix("microsoft.graph."))
            {
                Some(name) if self.types.contains_key(name) => {
                    if value.is_object() {
                        self.object(name, value, place, findings);
                    }
                    value.is_object()
                }
                // A type that the cut file does not have.
                _ => true,
            },
        };
        if !fits {
            findings.push(format!("{place}: {value} is no {kind}"));
        }
    }
}

fn read(node: Node<'_, '_>) -> (String, Type) {
    let own = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let children = node.children().filter(|it| it.has_tag_name_of("Property"));
    let properties = children.map(|it| {
        let property = Property {
            kind: it.attribute("Type").unwrap_or_default().to_owned(),
            is_nullable: it.attribute("Nullable") != Some("false"),
        };
        (
            it.attribute("Name").unwrap_or_default().to_owned(),
            property,
        )
    });
    let of_type = Type {
        base: node.attribute("BaseType").map(own),
        properties: properties.collect(),
    };
    (
        node.attribute("Name").unwrap_or_default().to_owned(),
        of_type,
    )
}

/// Names without their namespace.
trait Tagged {
    fn has_tag_name_of(&self, name: &str) -> bool;
}

impl Tagged for Node<'_, '_> {
    fn has_tag_name_of(&self, name: &str) -> bool {
        self.is_element() && self.tag_name().name() == name
    }
}

/// `…/$metadata#applications('…')/federatedIdentityCredentials/$entity`
fn type_of_context(context: &str) -> Option<&'static str> {
    let fragment = context.split_once('#')?.1;
    let fragment = fragment.strip_suffix("/$entity").unwrap_or(fragment);
    let last = fragment.rsplit('/').next()?;
    let set = last.split('(').next()?;
    let found = SETS.iter().find(|(name, _)| *name == set);
    found.map(|(_, kind)| *kind)
}

fn is_guid(text: &str) -> bool {
    let lengths: Vec<_> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|it| it == b'-' || it.is_ascii_hexdigit())
}
