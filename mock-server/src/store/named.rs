//! Resources that share a type and a name, wherever they are: for names that are unique in a tenant.

use super::{Resource, State};

impl State {
    /// The resources of a type and name, by id.
    pub fn resources_named<'a>(
        &'a self,
        resource_type: &str,
        name: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.resources.named(resource_type, name)
    }
}
