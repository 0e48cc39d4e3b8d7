//! What may a resource be called? (azure-docs, `azure-resource-manager/management/resource-name-rules.md`)

use crate::request::Reply;
use crate::services::arm::errors::bad_request;

/// A rule for names.
#[derive(Clone, Copy, Debug)]
pub struct Name {
    /// Fewest and most characters.
    pub length: (usize, usize),
    /// The rest of the rule, as a fragment.
    pub about: &'static str,
    /// Does a name of the right length keep it?
    pub fits: fn(&str) -> bool,
}

/// Most types of Microsoft.Network.
pub const NETWORK: Name = Name {
    length: (1, 80),
    about: "alphanumerics, underscores, periods and hyphens; begins with an alphanumeric, ends with an alphanumeric or an underscore",
    fits: |name| {
        all(name, "_.-")
            && begins(name)
            && name.ends_with(|it: char| it.is_alphanumeric() || it == '_')
    },
};

/// User-assigned identities, and their federated credentials.
pub const IDENTITY: Name = Name {
    length: (3, 128),
    about: "alphanumerics, hyphens and underscores; begins with an alphanumeric",
    fits: |name| all(name, "_-") && begins(name),
};

/// Resource groups.
pub const RESOURCE_GROUP: Name = Name {
    length: (1, 90),
    about: "letters, digits, underscores, parentheses, hyphens and periods; does not end with a period",
    fits: |name| {
        let plain = |it: char| it.is_alphanumeric() || "_()-.".contains(it);
        name.chars().all(plain) && !name.ends_with('.')
    },
};

/// Anything that a path can hold: for types with rules of their own in `prepare`.
pub const ANY: Name = Name {
    length: (1, 260),
    about: "no control characters",
    fits: |name| !name.chars().any(char::is_control),
};

/// Checks a name.
///
/// # Errors
/// 400 `InvalidResourceName`; the text is ours.
pub fn check(rule: Name, name: &str) -> Result<(), Reply> {
    let (least, most) = rule.length;
    if (least..=most).contains(&name.chars().count()) && (rule.fits)(name) {
        return Ok(());
    }
    let about = rule.about;
    let message =
        format!("Resource name {name:.300} is invalid: {least} to {most} characters, {about}.");
    Err(bad_request("InvalidResourceName", &message))
}

fn all(name: &str, others: &str) -> bool {
    name.chars()
        .all(|it| it.is_ascii_alphanumeric() || others.contains(it))
}

fn begins(name: &str) -> bool {
    name.starts_with(|it: char| it.is_ascii_alphanumeric())
}
