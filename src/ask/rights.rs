//! What a card does not declare is not asked: the permissions that are printed for an auditor are then all that it needs.

use std::sync::{Mutex, PoisonError};

use crate::outcome::{Declared, NoAnswer};

/// What a link may ask, and the first thing that it was to ask beside.
#[derive(Debug, Default)]
pub(super) struct Rights {
    /// Everything when absent: questions of the run itself have no card.
    declared: Option<Declared>,
    undeclared: Mutex<Option<String>>,
}

impl Rights {
    pub(super) fn of(declared: Declared) -> Self {
        Self {
            declared: Some(declared),
            ..Self::default()
        }
    }

    /// An action of ARM.
    pub(super) fn action(&self, action: &str) -> Result<(), NoAnswer> {
        self.hold(action, |declared| declared.has_action(action))
    }

    /// An action on data.
    pub(super) fn data_action(&self, action: &str) -> Result<(), NoAnswer> {
        self.hold(action, |declared| declared.has_data_action(action))
    }

    /// A permission of Microsoft Graph; nobody knows which one of a path that the client's table lacks.
    pub(super) fn graph(&self, permission: Option<&str>, path: &str) -> Result<(), NoAnswer> {
        let what = permission.unwrap_or(path);
        self.hold(what, |declared| {
            permission.is_some_and(|own| declared.has_graph(own))
        })
    }

    /// What was to be asked without being declared.
    pub(super) fn undeclared(&self) -> Option<String> {
        let undeclared = self.undeclared.lock();
        undeclared.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn hold(&self, what: &str, has: impl FnOnce(&Declared) -> bool) -> Result<(), NoAnswer> {
        if self.declared.as_ref().is_none_or(has) {
            return Ok(());
        }
        let why = format!("the card of the check does not declare {what}");
        let mut undeclared = self
            .undeclared
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        undeclared.get_or_insert_with(|| why.clone());
        Err(NoAnswer::Internal(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::{At, Permission};
    use crate::source::Node;

    #[test]
    fn what_is_not_declared_is_refused_and_remembered() {
        let listed = [Permission::action(
            "Microsoft.Network/virtualNetworks/read",
            At::Network,
        )];
        let rights = Rights::of(Declared::new(&listed, &Node::default()));
        assert_eq!(
            rights.action("Microsoft.Network/virtualNetworks/read"),
            Ok(())
        );
        assert_eq!(rights.undeclared(), None);
        assert!(rights.graph(None, "/users").is_err());
        assert!(
            rights
                .data_action("Microsoft.KeyVault/vaults/secrets/getSecret/action")
                .is_err()
        );
        assert!(rights.undeclared().unwrap().ends_with("/users"));
        assert_eq!(Rights::default().graph(None, "/users"), Ok(()));
    }
}
