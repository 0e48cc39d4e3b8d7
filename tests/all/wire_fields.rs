//! Every field that a check reads of Azure's answers stands in Azure's specifications: by that name, with that type, in one
//! definition together with the other fields of its struct. Runs when `XTENANT_SPECS` names the folder of the
//! specifications.
//!
//! What a check reads is what it derives `Deserialize` for and neither writes (`Serialize`) nor takes from people
//! (`deny_unknown_fields`). A field that no specification has would be read as absent for ever, and nobody would notice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::root;

/// Structs that read more than one definition's answers: file, struct, and the definitions.
const OF_SEVERAL: &[(&str, &str, &[&str])] = &[(
    "network_manager/connection.rs",
    "Properties",
    &[
        "ScopeConnectionProperties",
        "NetworkManagerConnectionProperties",
    ],
)];

/// Structs of answers that no bundled specification describes, and where they are described.
const ELSEWHERE: &[(&str, &str, &str)] = &[
    (
        "role_assigned/denials.rs",
        "DenialProperties",
        "azure-rest-api-specs, authorization/2022-04-01/authorization-DenyAssignmentCalls.json",
    ),
    (
        "public_access_closed/settings.rs",
        "RegistryProperties",
        "azure-rest-api-specs, containerregistry/2023-07-01/containerregistry.json",
    ),
    (
        "machines.rs",
        "View",
        "azure-rest-api-specs, compute/ComputeRP/stable/2024-07-01/virtualMachine.json (VirtualMachineInstanceView)",
    ),
    (
        "machines.rs",
        "Status",
        "azure-rest-api-specs, compute/ComputeRP/stable/2024-07-01/virtualMachine.json (InstanceViewStatus)",
    ),
    (
        "network_watcher_reachable/shapes.rs",
        "ExtensionProperties",
        "azure-rest-api-specs, compute/ComputeRP/stable/2024-07-01/virtualMachine.json (VirtualMachineExtensionProperties)",
    ),
];

/// Fields of newer versions than the bundled ones, and where they are described: file, struct, field, source.
const NEWER: &[(&str, &str, &str, &str)] = &[(
    "network_manager/configuration.rs",
    "Properties",
    "connectivityCapabilities",
    "network-types-2025-07-01.md beside the specifications, `ConnectivityConfigurationProperties`",
)];

/// Property names of a definition, with JSON's name of their type.
type Definition = BTreeMap<String, String>;

/// A struct that reads an answer.
struct Wire {
    file: String,
    name: String,
    fields: Vec<(String, String)>,
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the specifications are not part of the repository: whoever runs the tests says where they are"
)]
fn checks_read_what_the_specifications_have() {
    let Some(folder) = std::env::var_os("XTENANT_SPECS").map(PathBuf::from) else {
        return;
    };
    let mut definitions = definitions(&folder);
    definitions.extend(types_of_graph(&folder));
    let wires = wires(&root().join("src/checks"));
    assert!(wires.len() > 30, "only {} structs were found", wires.len());
    let problems: Vec<_> = wires
        .iter()
        .filter(|wire| !is_listed(ELSEWHERE, wire))
        .filter_map(|wire| problem(wire, &definitions))
        .collect();
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn is_listed(list: &[(&str, &str, &str)], wire: &Wire) -> bool {
    list.iter()
        .any(|(file, name, _)| *file == wire.file && *name == wire.name)
}

fn problem(wire: &Wire, definitions: &BTreeMap<String, Definition>) -> Option<String> {
    let several = OF_SEVERAL
        .iter()
        .find(|(file, name, _)| *file == wire.file && *name == wire.name);
    let lacks = |definition: &Definition| -> Vec<String> {
        let is_newer = |field: &str| {
            let mut newer = NEWER.iter();
            newer
                .any(|(file, name, it, _)| *file == wire.file && *name == wire.name && *it == field)
        };
        let missing = wire.fields.iter().filter(|(name, kind)| {
            !is_newer(name) && definition.get(name).is_none_or(|it| !fits(kind, it))
        });
        missing
            .map(|(name, kind)| format!("{name}: {kind}"))
            .collect()
    };
    if let Some((_, _, names)) = several {
        let parts = definitions.iter().filter(|(key, _)| {
            let name = key.rsplit('/').next().unwrap_or_default();
            names.contains(&name)
        });
        let all: Definition = parts.flat_map(|(_, it)| it.clone()).collect();
        let missing = lacks(&all);
        return (!missing.is_empty())
            .then(|| format!("{} {}: {names:?} lack {missing:?}", wire.file, wire.name));
    }
    let best = definitions.iter().min_by_key(|(_, it)| lacks(it).len());
    let (name, definition) = best?;
    let missing = lacks(definition);
    (!missing.is_empty()).then(|| {
        format!(
            "{} {}: no definition has all fields; {name} lacks {missing:?}",
            wire.file, wire.name
        )
    })
}

/// Does a field of this Rust type read what a specification calls by this name?
fn fits(rust: &str, json: &str) -> bool {
    let inner = rust
        .strip_prefix("Option<")
        .and_then(|it| it.strip_suffix('>'));
    match inner.unwrap_or(rust) {
        "String" => json == "string",
        "bool" => json == "boolean",
        "u64" => json == "integer",
        it if it.starts_with("Vec<") => json == "array",
        _ => json == "object",
    }
}

// -- what checks read --

fn wires(folder: &Path) -> Vec<Wire> {
    let mut found = Vec::new();
    for file in files(folder, "rs") {
        let name = file.strip_prefix(folder).unwrap().to_str().unwrap();
        if !name.ends_with("tests.rs") {
            structs(name, &fs::read_to_string(&file).unwrap(), &mut found);
        }
    }
    found
}

/// Structs of a source file: attributes, `struct Name… {`, fields, `}` at the same depth.
fn structs(file: &str, text: &str, found: &mut Vec<Wire>) {
    let mut attributes = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let line = line.trim();
        if line.starts_with("#[") || line.starts_with("//") {
            attributes.push_str(line);
            continue;
        }
        let is_read = attributes.contains("Deserialize")
            && !attributes.contains(" Serialize")
            && !attributes.contains("(Serialize")
            && !attributes.contains("deny_unknown_fields");
        let is_camel = attributes.contains("camelCase");
        attributes.clear();
        let Some((_, rest)) = line.split_once("struct ") else {
            continue;
        };
        if !is_read || !line.ends_with('{') {
            continue;
        }
        let end = rest
            .find(|it: char| !it.is_alphanumeric())
            .unwrap_or(rest.len());
        found.push(Wire {
            file: file.to_owned(),
            name: rest[..end].to_owned(),
            fields: fields(&mut lines, is_camel),
        });
    }
}

fn fields<'t>(lines: &mut impl Iterator<Item = &'t str>, is_camel: bool) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut renamed = None;
    for line in lines.map(str::trim).take_while(|line| *line != "}") {
        if line.starts_with("//") {
            continue;
        }
        if line.starts_with("#[") {
            let rename = line.split_once("rename = \"");
            let name = rename.and_then(|(_, rest)| rest.split('"').next());
            renamed = name.map(str::to_owned).or(renamed);
            continue;
        }
        let line = line.trim_start_matches("pub(super) ").trim_end_matches(',');
        if let Some((name, kind)) = line.split_once(": ") {
            let name = renamed.take().unwrap_or_else(|| {
                if is_camel {
                    camel(name)
                } else {
                    name.to_owned()
                }
            });
            found.push((name, kind.to_owned()));
        }
    }
    found
}

fn camel(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(1);
        format!("{name}{}{tail}", head.to_uppercase())
    })
}

// -- what the specifications have --

fn definitions(folder: &Path) -> BTreeMap<String, Definition> {
    let mut documents = BTreeMap::new();
    for file in files(folder, "json") {
        let name = file
            .strip_prefix(folder)
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let text = fs::read_to_string(&file).unwrap();
        documents.insert(name, serde_json::from_str::<Value>(&text).unwrap());
    }
    let mut found = BTreeMap::new();
    for (file, document) in &documents {
        for (name, schema) in document["definitions"].as_object().into_iter().flatten() {
            define(
                &documents,
                file,
                &format!("{file}/{name}"),
                schema,
                &mut found,
            );
        }
    }
    found
}

/// A definition, and those without a name that stand inside of it.
fn define(
    documents: &BTreeMap<String, Value>,
    file: &str,
    name: &str,
    schema: &Value,
    found: &mut BTreeMap<String, Definition>,
) {
    let mut definition = Definition::new();
    flatten(documents, file, schema, &mut definition);
    found.insert(name.to_owned(), definition);
    for (property, inner) in schema["properties"].as_object().into_iter().flatten() {
        for inner in [inner, &inner["items"]] {
            if inner["properties"].is_object() {
                define(documents, file, &format!("{name}/{property}"), inner, found);
            }
        }
    }
}

fn flatten(documents: &BTreeMap<String, Value>, file: &str, schema: &Value, into: &mut Definition) {
    let (file, schema) = follow(documents, file, schema);
    for part in schema["allOf"].as_array().into_iter().flatten() {
        flatten(documents, &file, part, into);
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let (_, target) = follow(documents, &file, property);
        let kind = target["type"].as_str().unwrap_or("object");
        into.insert(name.clone(), kind.to_owned());
    }
}

fn follow<'d>(
    documents: &'d BTreeMap<String, Value>,
    file: &str,
    schema: &'d Value,
) -> (String, &'d Value) {
    let Some(reference) = schema["$ref"].as_str() else {
        return (file.to_owned(), schema);
    };
    let (other, pointer) = reference.split_once('#').unwrap();
    let mut path: Vec<&str> = file.split('/').collect();
    if !other.is_empty() {
        path.pop();
    }
    for part in other.split('/').filter(|it| !it.is_empty() && *it != ".") {
        if part == ".." {
            path.pop();
        } else {
            path.push(part);
        }
    }
    let file = path.join("/");
    let target = documents[&file].pointer(pointer).unwrap();
    follow(documents, &file, target)
}

/// Entity and complex types of Microsoft Graph, with what they inherit.
fn types_of_graph(folder: &Path) -> BTreeMap<String, Definition> {
    let text = fs::read_to_string(folder.join("graph/v1.0/graph-v1.0-cut.csdl.xml")).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let nodes: Vec<_> = document
        .descendants()
        .filter(|it| matches!(it.tag_name().name(), "EntityType" | "ComplexType"))
        .collect();
    let mut found = BTreeMap::new();
    for node in &nodes {
        let mut definition = Definition::new();
        let mut next = Some(*node);
        while let Some(node) = next {
            for property in node
                .children()
                .filter(|it| it.tag_name().name() == "Property")
            {
                let kind = match property.attribute("Type").unwrap_or_default() {
                    it if it.starts_with("Collection(") => "array",
                    "Edm.Boolean" => "boolean",
                    it if it.starts_with("Edm.") => "string",
                    _ => "object",
                };
                let name = property.attribute("Name").unwrap_or_default();
                definition.insert(name.to_owned(), kind.to_owned());
            }
            let base = node
                .attribute("BaseType")
                .and_then(|it| it.rsplit('.').next());
            next = nodes
                .iter()
                .find(|it| base.is_some() && it.attribute("Name") == base)
                .copied();
        }
        let name = node.attribute("Name").unwrap_or_default();
        found.insert(format!("graph/{name}"), definition);
    }
    found
}

/// Files of a kind below a folder, without examples.
fn files(folder: &Path, extension: &str) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("examples") {
                found.extend(files(&path, extension));
            }
        } else if path.extension().is_some_and(|it| it == extension) {
            found.insert(path);
        }
    }
    found
}

#[test]
fn a_field_that_no_definition_has_is_told() {
    let mut found = Vec::new();
    let text = "#[derive(Default, Deserialize)]\n#[serde(rename_all = \"camelCase\")]\nstruct P {\n    /// A doc.\n    #[serde(default)]\n    tenant_id: String,\n    #[serde(rename = \"IP\")]\n    ip: Vec<String>,\n}\n#[derive(Serialize, Deserialize)]\nstruct Seen {\n    other: String,\n}\n";
    structs("x.rs", text, &mut found);
    assert_eq!(found.len(), 1);
    let texts = |pairs: &[(&str, &str)]| -> Definition {
        let pairs = pairs.iter();
        pairs
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    };
    let good = texts(&[("tenantId", "string"), ("IP", "array")]);
    let bad = texts(&[("tenantid", "string"), ("IP", "array")]);
    let of = |definition| BTreeMap::from([("f/D".to_owned(), definition)]);
    assert_eq!(problem(&found[0], &of(good)), None);
    let told = problem(&found[0], &of(bad)).unwrap_or_default();
    assert!(told.contains("tenantId: String"), "{told}");
}
