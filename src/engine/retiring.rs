//! Was an answer had with an api-version that Azure will take away? Right today is then worth a warning.

use super::settle::{Ground, Settled, finding};
use crate::outcome::general::API_VERSION_RETIRES;
use crate::outcome::{Card, Outcome, Reason};
use crate::target::Retirement;

/// Adds the warning to a good outcome; others have something else to tell.
pub(super) fn warned(
    card: &Card,
    retirement: Option<&Retirement>,
    settled: Settled,
    ground: &dyn Ground,
) -> Settled {
    let Some(own) = retirement.filter(|_| is_right(settled.outcome)) else {
        return settled;
    };
    let reason = Reason::new(API_VERSION_RETIRES.id)
        .expected(format!("{} or newer for {}", own.stays, own.of))
        .observed(&own.version)
        .with("retires-on", own.on);
    let mut findings = settled.findings;
    findings.push(finding(card, &API_VERSION_RETIRES, &reason, ground));
    Settled {
        outcome: Outcome::Warning,
        findings,
        ..settled
    }
}

const fn is_right(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Warning)
}

#[cfg(test)]
mod tests {
    use super::super::settle::tests::{CARD, Land, pass};
    use super::*;
    use crate::target::ApiVersions;

    #[test]
    fn a_version_that_goes_is_a_warning_of_what_is_right() {
        let old = "Microsoft.KeyVault/vaults=2023-07-01";
        let old = ApiVersions::default().with_override(old).unwrap();
        let retirement = old.retirement("Microsoft.KeyVault/vaults");
        let told = warned(&CARD, retirement.as_ref(), pass(), &Land);
        assert_eq!(told.outcome, Outcome::Warning);
        let finding = &told.findings[0];
        assert_eq!(finding.code, "sample.api-version-retires");
        assert_eq!(finding.docs, "docs/checks.md#api-version-retires");
        assert_eq!(finding.observed.as_deref(), Some("2023-07-01"));
        assert!(finding.says.contains("2027-02-27"), "{}", finding.says);
        let red = Settled {
            outcome: Outcome::Error,
            ..pass()
        };
        assert!(
            warned(&CARD, retirement.as_ref(), red, &Land)
                .findings
                .is_empty()
        );
        assert_eq!(warned(&CARD, None, pass(), &Land).outcome, Outcome::Pass);
    }
}
