//! The admin user: the name and the passwords that ARM tells (`listCredentials`), by Basic authentication, at the token endpoint
//! and everywhere else (azure-docs, `container-registry/container-registry-authentication.md`, "Admin account").

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::request::Request;
use crate::services::arm::container_registry::admin::login;
use crate::store::Resource;

/// Is this the admin user, and is it enabled?
pub(super) fn is_admin(registry: &Resource, user: &str, password: &str) -> bool {
    login(registry).is_some_and(|(name, passwords)| {
        name.eq_ignore_ascii_case(user) && passwords.iter().any(|it| it == password)
    })
}

/// User and password of `Basic …`.
pub(super) fn basic(request: &Request) -> Option<(String, String)> {
    let (scheme, encoded) = request.header("authorization")?.split_once(' ')?;
    let decoded = scheme
        .eq_ignore_ascii_case("basic")
        .then(|| STANDARD.decode(encoded.trim()).ok())??;
    let text = String::from_utf8(decoded).ok()?;
    let (user, password) = text.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// Does the request itself come from the admin user? Nothing when it has no user name.
pub(super) fn asks(registry: &Resource, request: &Request) -> Option<bool> {
    let (user, password) = basic(request)?;
    Some(is_admin(registry, &user, &password))
}
