//! Where does the next page of a list begin?

use super::{Resource, State};

impl State {
    /// Resources of a type whose lower-case id begins with `prefix`, by id, from the first one after an id.
    pub fn of_type_after<'a>(
        &'a self,
        resource_type: &str,
        prefix: &str,
        after: Option<&str>,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        // Nothing stands between a text and the same text with NUL behind it.
        let from = after.map_or_else(|| prefix.to_owned(), |after| format!("{after}\0"));
        self.resources
            .of_type_from(resource_type, prefix.to_owned(), from)
    }
}
