//! Identities that live outside the chain (a CI's OIDC, a command line's login): on the mock, the world's principal of
//! the same name stands in for them, and the real environment is never consulted.

use crate::outcome::NoAnswer;
use crate::secret::Secret;
use crate::target::Target;

/// A token of the stand-in.
///
/// # Errors
/// [`NoAnswer::Unreachable`] when the target has no such principal.
pub async fn token(
    name: &str,
    kind: &str,
    scope: &str,
    target: &Target,
) -> Result<Secret, NoAnswer> {
    let issued = target.stand_ins.token(name, scope).await;
    issued.map_err(|why| {
        NoAnswer::unreachable(format!(
            "no token for the identity `{name}` ({kind}): {why}"
        ))
    })
}
