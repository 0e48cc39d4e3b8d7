//! The operations of all services with their path templates taken apart, once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use http::Method;

use super::template::{Template, segments};
use crate::services::{Operation, SERVICES, Service};

/// The operations of [`SERVICES`].
pub static TABLE: LazyLock<Vec<Entry>> =
    LazyLock::new(|| SERVICES.iter().copied().map(Entry::of).collect());

/// A service and its operations.
pub struct Entry {
    /// The service.
    pub service: &'static Service,
    operations: Vec<(&'static Operation, Template)>,
}

/// An operation, and what the path holds of its parameters.
pub struct Found {
    /// The service that has it.
    pub service: &'static Service,
    /// The operation.
    pub operation: &'static Operation,
    /// Values of its parameters, by name.
    pub parameters: BTreeMap<&'static str, String>,
}

impl Entry {
    fn of(service: &'static Service) -> Self {
        let operations = service.operations.iter();
        let operations = operations.map(|it| (it, Template::new(it.path))).collect();
        Self {
            service,
            operations,
        }
    }
}

/// The first operation of these services that has the method and the path.
pub fn find<'t>(
    serving: impl IntoIterator<Item = &'t Entry>,
    method: &Method,
    path: &str,
) -> Option<Found> {
    let path: Vec<&str> = segments(path).collect();
    serving.into_iter().find_map(|entry| {
        let mut operations = entry.operations.iter();
        operations.find_map(|(operation, template)| {
            let fits = operation.method == *method;
            let parameters = fits.then(|| template.matches_segments(&path)).flatten()?;
            Some(Found {
                service: entry.service,
                operation,
                parameters,
            })
        })
    })
}
