//! Targets that do not fit, and requests that must not leave: wrong CA, expired token, unmapped names and addresses,
//! tokens for hosts outside their audience; App Service instead of a virtual machine.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use xtenant::chain;
use xtenant::clients::http::{Http, Request};
use xtenant::clients::recorder::Recorder;
use xtenant::engine::Options;
use xtenant::outcome::run::ChainReport;
use xtenant::outcome::{Exchange, Finding, NoAnswer, Outcome};
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::secret::Secret;
use xtenant::target::mock::{self, MockTarget};
use xtenant::target::{
    ApiVersions, DialError, IdentityEndpoint, NameServer, Network, Side, StandIns, Target,
};

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
    let (finding, others) = the_only_red(&report);
    assert_eq!(finding.code, "identity.not-trusted");
    assert_eq!(finding.owner, None, "no tenant can do anything about it");
    let observed = finding.observed.as_deref().unwrap_or_default();
    assert!(
        observed.contains("management.azure.com") && observed.contains("certificate"),
        "{observed}"
    );
    assert_eq!(others, report.links.len(), "nothing else was asked");
}

/// The finding of the one auditor that failed, and how many links are blocked; no link is red beside it.
fn the_only_red(report: &ChainReport) -> (Finding, usize) {
    let mut failed = report
        .identities
        .iter()
        .filter_map(|own| own.finding.clone());
    let finding = failed.next().expect("an auditor failed");
    assert!(failed.next().is_none(), "one reason is told once");
    let tally = report.tally();
    assert_eq!(tally.red, 0, "{:?}", report.links);
    let id = format!("identity/{}", report.identities[0].name);
    assert_eq!(report.first_cause.as_ref(), Some(&id));
    (finding, tally.blocked)
}

/// Gives each auditor the token that it got once.
struct OldTokens(HashMap<String, Secret>);

#[async_trait]
impl StandIns for OldTokens {
    async fn token(&self, name: &str, _: &str) -> Result<Secret, String> {
        self.0.get(name).cloned().ok_or_else(|| "nobody".to_owned())
    }

    fn source(&self) -> String {
        "an old token".to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_expired_token_is_told_as_such() {
    let opened = embedded().await;
    let scope = opened.target.cloud.arm_scope;
    let mut tokens = HashMap::new();
    for name in ["home-auditor", "resource-auditor"] {
        let token = opened.target.stand_ins.token(name, scope).await;
        tokens.insert(name.to_owned(), token.expect("a token"));
    }
    assert!(
        opened
            .target
            .clock
            .turn(Duration::from_secs(2 * 3600))
            .await
            .expect("the clock turns")
    );
    let late = Target {
        stand_ins: Arc::new(OldTokens(tokens)),
        ..opened.target.clone()
    };
    let report = run(
        &root().join("scenarios/cross-tenant-vault/scenario.yaml"),
        &late,
    )
    .await;
    for identity in &report.identities {
        let finding = identity.finding.as_ref().expect("it failed");
        assert_eq!(finding.code, "identity.token-refused");
        let observed = finding.observed.as_deref().unwrap_or_default();
        assert!(
            observed.contains("ExpiredAuthenticationToken") && observed.contains("valid from"),
            "{observed}"
        );
        assert!(finding.says.contains("clock"), "{}", finding.says);
        assert_eq!(finding.owner, None);
    }
    assert_eq!(report.identities.len(), 2);
    let link = report.link("identity").expect("the link");
    assert_eq!(link.outcome, Outcome::Blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn preflight_costs_one_question_for_each_auditor() {
    let opened = embedded().await;
    let path = root().join("scenarios/cross-tenant-vault/scenario.yaml");
    let report = run(&path, &opened.target).await;
    for identity in &report.identities {
        let asked = &identity.evidence.0;
        assert!(
            matches!(&asked[..], [Exchange::Http(one)] if one.url.ends_with("/subscriptions?api-version=2022-12-01")),
            "{asked:?}"
        );
    }
}

/// A target that was there when the run began.
struct Gone(Arc<dyn Network>);

#[async_trait]
impl Network for Gone {
    fn vantage(&self, name: &str, network: Option<&str>) -> Result<Side, String> {
        self.0.vantage(name, network)
    }

    /// A name server that is gone: from the vantages, so that settings are read before.
    fn name_server(&self, vantage: &str) -> Result<NameServer, String> {
        let mut server = self.0.name_server(vantage)?;
        if vantage != "internet" {
            server.dial = SocketAddr::from(([127, 0, 0, 1], 9));
        }
        Ok(server)
    }

    fn identity_endpoint(&self, vantage: &str) -> IdentityEndpoint {
        self.0.identity_endpoint(vantage)
    }

    async fn dial(&self, vantage: &str, address: SocketAddr) -> Result<SocketAddr, DialError> {
        self.0.dial(vantage, address).await
    }

    fn world_address(&self, dialled: SocketAddr) -> SocketAddr {
        self.0.world_address(dialled)
    }

    async fn is_there(&self) -> Result<(), String> {
        Err("the mock at 127.0.0.1:9 no longer answers".to_owned())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_gone_is_told_once_and_no_check_blames_a_tenant_for_it() {
    let opened = embedded().await;
    let gone = Target {
        network: Arc::new(Gone(Arc::clone(&opened.target.network))),
        ..opened.target.clone()
    };
    let path = root().join("scenarios/cross-tenant-vault/scenario.yaml");
    let report = run(&path, &gone).await;
    let red = report.links.iter().filter(|link| link.outcome.is_red());
    let red: Vec<_> = red.collect();
    assert_eq!(red.len(), 1, "{red:?}");
    assert_eq!((red[0].outcome, red[0].tries), (Outcome::Error, 1));
    assert!(red[0].findings.is_empty(), "{:?}", red[0].findings);
    let reason = red[0].reason.as_deref();
    assert_eq!(reason, Some("the mock at 127.0.0.1:9 no longer answers"));
    assert_eq!(report.first_cause.as_ref(), Some(&red[0].id));
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
