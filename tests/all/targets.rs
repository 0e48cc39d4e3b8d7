//! Targets that do not fit, and requests that must not leave: wrong CA, expired token, unmapped names and addresses,
//! tokens for hosts outside their audience; App Service instead of a virtual machine.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use xtenant::chain;
use xtenant::clients::http::{Http, Request};
use xtenant::clients::recorder::Recorder;
use xtenant::engine::Options;
use xtenant::outcome::run::ChainReport;
use xtenant::outcome::{NoAnswer, Outcome};
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::secret::Secret;
use xtenant::target::mock::{self, MockTarget};
use xtenant::target::{ApiVersions, StandIns, Target};

use crate::drills::Nobody;
use crate::support::{copy, edit, report, root};

const PATIENCE: Duration = Duration::from_secs(10);

async fn embedded() -> MockTarget {
    // The binary installs the provider first thing; a test that is its own process does the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let world = root().join("scenarios/cross-tenant-vault/world.yaml");
    mock::embed(&world, &[])
        .await
        .map_err(|error| error.message)
        .expect("the mock starts")
}

async fn run(path: &Path, target: &Target) -> ChainReport {
    let scenario = scenario::load(path, &Sources::default()).expect("the scenario loads");
    let plan = Plan::of(&scenario, &Selection::default());
    let (versions, options) = (ApiVersions::default(), Options::default());
    chain::run(&scenario, &plan, target, versions, options, &mut Nobody)
        .await
        .expect("the run ends")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ca_that_does_not_fit_is_told_as_such() {
    let (one, other) = (embedded().await, embedded().await);
    let strangers = Target {
        trust: other.target.trust.clone(),
        ..one.target.clone()
    };
    let report = run(
        &root().join("scenarios/cross-tenant-vault/scenario.yaml"),
        &strangers,
    )
    .await;
    let link = report.link("identity").expect("the link");
    assert_eq!(link.outcome, Outcome::Error);
    let reason = link.reason.as_deref().unwrap_or_default();
    assert!(
        reason.contains("management.azure.com") && reason.contains("certificate"),
        "{reason}"
    );
}

/// Gives everybody the same token.
struct OneToken(Secret);

#[async_trait]
impl StandIns for OneToken {
    async fn token(&self, _: &str, _: &str) -> Result<Secret, String> {
        Ok(self.0.clone())
    }

    fn source(&self) -> String {
        "an old token".to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_told_as_such() {
    let opened = embedded().await;
    let scope = opened.target.cloud.arm_scope;
    let token = opened
        .target
        .stand_ins
        .token("home-auditor", scope)
        .await
        .expect("a token");
    assert!(
        opened
            .target
            .clock
            .turn(Duration::from_secs(2 * 3600))
            .await
            .expect("the clock turns")
    );
    let late = Target {
        stand_ins: Arc::new(OneToken(token)),
        ..opened.target.clone()
    };
    let report = run(
        &root().join("scenarios/cross-tenant-vault/scenario.yaml"),
        &late,
    )
    .await;
    let link = report.link("identity").expect("the link");
    assert_eq!(link.outcome, Outcome::Error);
    let reason = link.reason.as_deref().unwrap_or_default();
    assert!(reason.contains("ExpiredAuthenticationToken"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leaves_for_what_the_target_does_not_map() {
    let opened = embedded().await;
    let recorder = Recorder::default();
    for (vantage, url) in [
        ("internet", "https://203.0.113.20/"),
        ("internet", "https://[2001:db8::1]/"),
        ("internet", "https://management.azure.com:8443/"),
        ("internet", "http://management.azure.com/"),
        ("internet", "https://example.com/"),
        (
            "internet",
            "http://169.254.169.254/metadata/identity/oauth2/token",
        ),
        ("internet", "http://127.0.0.1:9/"),
        ("app", "http://10.1.0.4/"),
        ("app", "http://192.0.2.1/"),
        ("app", "http://169.254.169.254:81/"),
        ("app", "ftp://management.azure.com/"),
    ] {
        let http = Http::new(&opened.target, vantage, PATIENCE).expect("a transport");
        let refused = http
            .send(&recorder, Request::get(url.parse().expect("a URL")))
            .await;
        assert!(
            matches!(refused, Err(NoAnswer::Unreachable(_))),
            "{vantage} {url}: {refused:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bearer_token_goes_to_hosts_of_its_audience_only() {
    let opened = embedded().await;
    let http = Http::new(&opened.target, "internet", PATIENCE).expect("a transport");
    let scope = opened.target.cloud.arm_scope;
    let token = opened
        .target
        .stand_ins
        .token("home-auditor", scope)
        .await
        .expect("a token");
    for (host, admitted) in [
        ("management.azure.com", true),
        ("graph.microsoft.com", false),
        ("kv-resource.vault.azure.net", false),
        ("management.azure.com.example.com", false),
    ] {
        let url = format!("https://{host}/x?api-version=2022-12-01")
            .parse()
            .expect("a URL");
        let sent = http
            .send(&Recorder::default(), Request::get(url).bearer(&token))
            .await;
        match sent {
            Ok(_) => assert!(admitted, "{host} got the token"),
            Err(why) => assert!(
                !admitted && why.describe().contains("nothing was sent"),
                "{host}: {why:?}"
            ),
        }
    }
}

#[test]
fn an_app_service_gives_tokens_by_its_own_endpoint() {
    let copied = copy("cross-tenant-vault");
    edit(
        &copied.world,
        "    address: 10.1.1.4\n",
        "    address: 10.1.1.4\n    app-service: true\n",
    );
    let (ran, report) = report([copied.scenario.to_str().expect("a path")]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let text = report.to_string();
    assert!(
        text.contains("http://169.254.129.5:8081/msi/token?api-version=2019-08-01"),
        "the endpoint was asked"
    );
    assert!(!text.contains("169.254.169.254"), "IMDS was not");
}
