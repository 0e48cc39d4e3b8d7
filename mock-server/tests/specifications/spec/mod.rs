//! Azure's official specifications (OpenAPI 2.0), as the folder of `XTENANT_SPECS` has them.
//!
//! - here: files, references, THE list of their operations
//! - [`path`] does a request's path fit an operation's? · [`schema`] OpenAPI's schemas as JSON Schema
//! - [`judge`] what a request and its answer do that the specification does not say · [`xml`] bodies of Blob as JSON

pub(crate) mod formats;
pub(crate) mod judge;
pub(crate) mod parameters;
pub(crate) mod path;
pub(crate) mod schema;
pub(crate) mod xml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// All files.
pub(crate) struct Specifications {
    /// Where they are.
    pub(crate) folder: PathBuf,
    documents: BTreeMap<String, Value>,
    /// Every operation of every file.
    pub(crate) operations: Vec<Documented>,
}

/// One operation of a specification.
#[derive(Clone)]
pub(crate) struct Documented {
    /// The file, below the folder.
    pub(crate) file: String,
    /// `Vaults_Get`.
    pub(crate) id: String,
    /// In upper case.
    pub(crate) method: String,
    /// Path template with the fixed query parameters of `x-ms-paths`.
    pub(crate) path: String,
    /// What stands at the method.
    pub(crate) item: Value,
    /// Parameters of the operation and of its path, references resolved.
    pub(crate) parameters: Vec<Parameter>,
}

/// A parameter, with the file that its schema's references belong to.
#[derive(Clone)]
pub(crate) struct Parameter {
    pub(crate) file: String,
    pub(crate) value: Value,
}

impl Parameter {
    pub(crate) fn name(&self) -> &str {
        self.value["name"].as_str().unwrap_or_default()
    }

    pub(crate) fn is_in(&self, place: &str) -> bool {
        self.value["in"] == place
    }

    pub(crate) fn is_required(&self) -> bool {
        self.value["required"] == true
    }
}

impl Specifications {
    /// Reads every file below the folder.
    pub(crate) fn load(folder: &Path) -> Self {
        let mut documents = BTreeMap::new();
        read_folder(folder, folder, &mut documents);
        let mut all = Self {
            folder: folder.to_owned(),
            documents,
            operations: Vec::new(),
        };
        all.operations = all.list();
        all
    }

    /// What a reference means: the file that it leads to, a name for it, and its content.
    pub(crate) fn resolve(&self, file: &str, reference: &str) -> (String, String, &Value) {
        let (other, pointer) = reference.split_once('#').unwrap();
        let file = if other.is_empty() {
            file.to_owned()
        } else {
            beside(file, other)
        };
        let document = self
            .documents
            .get(&file)
            .unwrap_or_else(|| panic!("{reference} leads to {file}, which is not there"));
        let value = document
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{file} has no {pointer}"));
        (file.clone(), format!("{file}#{pointer}"), value)
    }

    /// A file's content.
    pub(crate) fn document(&self, file: &str) -> &Value {
        self.documents
            .get(file)
            .unwrap_or_else(|| panic!("there is no {file}"))
    }

    /// An example that an operation of `file` refers to.
    pub(crate) fn example(&self, file: &str, reference: &str) -> Value {
        let path = self.folder.join(beside(file, reference));
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap()
    }

    /// The value itself or what its reference leads to, with the file it stands in.
    pub(crate) fn follow(&self, file: &str, value: &Value) -> (String, Value) {
        match value["$ref"].as_str() {
            Some(reference) => {
                let (file, _, target) = self.resolve(file, reference);
                self.follow(&file, target)
            }
            None => (file.to_owned(), value.clone()),
        }
    }

    fn list(&self) -> Vec<Documented> {
        let mut operations = Vec::new();
        for (file, document) in &self.documents {
            for kind in ["paths", "x-ms-paths"] {
                for (path, item) in document[kind].as_object().into_iter().flatten() {
                    let base = document["basePath"].as_str().unwrap_or_default();
                    let path = format!("{}{path}", base.trim_end_matches('/'));
                    operations.extend(self.operations_of(file, &path, item));
                }
            }
        }
        operations
    }

    fn operations_of(&self, file: &str, path: &str, item: &Value) -> Vec<Documented> {
        let methods = ["get", "put", "post", "patch", "delete", "head"];
        let found = methods.iter().filter(|method| item[**method].is_object());
        found
            .map(|method| {
                let own = &item[*method];
                let lists = [&item["parameters"], &own["parameters"]];
                let parameters = lists
                    .into_iter()
                    .flat_map(|list| list.as_array().into_iter().flatten());
                let parameters = parameters.map(|parameter| {
                    let (file, value) = self.follow(file, parameter);
                    Parameter { file, value }
                });
                Documented {
                    file: file.to_owned(),
                    id: own["operationId"].as_str().unwrap_or_default().to_owned(),
                    method: method.to_uppercase(),
                    path: path.to_owned(),
                    item: own.clone(),
                    parameters: parameters.collect(),
                }
            })
            .collect()
    }
}

fn read_folder(root: &Path, folder: &Path, documents: &mut BTreeMap<String, Value>) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if !path.ends_with("examples") {
                read_folder(root, &path, documents);
            }
        } else if path.extension().is_some_and(|it| it == "json") {
            let name = path
                .strip_prefix(root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            documents.insert(name, serde_json::from_str(&text).unwrap());
        }
    }
}

/// A path relative to a file, without `.` and `..`.
fn beside(file: &str, other: &str) -> String {
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in other.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}
