//! Tags of subscriptions, and names of tags that exist without a resource (`names`); resource groups (`resources/resources.json`, `ResourceGroupProperties`): worlds need not list those that something is in.

use super::{Type, row};

pub(super) const TYPES: &[Type] = &[
    row(
        "Microsoft.Resources/resourceGroups",
        &[("", "provisioningState")],
    ),
    row("Microsoft.Resources/tags", &[("", "names")]),
];
