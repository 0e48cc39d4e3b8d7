//! Questions that Azure answers later: asked until the answer is there, by the target's clock, and not longer than the link
//! allows.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use xtenant::chain;
use xtenant::engine::Options;
use xtenant::outcome::run::ChainReport;
use xtenant::outcome::{Exchange, LinkReport, Outcome};
use xtenant::plan::{Plan, Selection};
use xtenant::scenario::{self, Sources};
use xtenant::target::{ApiVersions, Clock, Target, mock};
use xtenant::timestamp::Timestamp;
use xtenant_mock_server::Control;
use xtenant_mock_server::lro::Pace;

use crate::drills::Nobody;
use crate::support::root;

/// The mock's clock, so that waiting takes no time.
struct Turned(Arc<Control>);

#[async_trait]
impl Clock for Turned {
    fn now(&self) -> Timestamp {
        let millis = self.0.now().unix_timestamp_nanos() / 1_000_000;
        Timestamp::from_epoch_millis(i64::try_from(millis).expect("a time of today"))
    }

    async fn turn(&self, by: Duration) -> Result<bool, String> {
        self.0.advance(by);
        Ok(true)
    }
}

/// Runs the routes of the hub on a mock whose operations take so long.
async fn run(pace: Pace) -> ChainReport {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = root().join("scenarios/cross-tenant-hub");
    let options = xtenant_mock_server::Options::of_file(folder.join("world.yaml"));
    let served = xtenant_mock_server::serve(options).await;
    let served = served.unwrap_or_else(|error| panic!("{error}"));
    let control = Arc::clone(&served.control);
    control.set_pace(pace);
    let address = control.coordinates().control.to_string();
    let attached = mock::attach(&address).await.expect("it is there");
    let target = Target {
        clock: Arc::new(Turned(control)),
        ..attached.target.clone()
    };
    let path = folder.join("routes.yaml");
    let scenario = scenario::load(&path, &Sources::default()).expect("the scenario loads");
    let plan = Plan::of(&scenario, &Selection::default());
    let (versions, options) = (ApiVersions::default(), Options::default());
    chain::run(&scenario, &plan, &target, versions, options, &mut Nobody)
        .await
        .expect("the run ends")
}

/// How often a link asked how its operation goes.
fn polls(link: &LinkReport) -> usize {
    let exchanges = link.evidence.0.iter();
    let is_poll = |it: &&Exchange| match it {
        Exchange::Http(http) => http.method == "GET" && http.url.contains("/operations/"),
        Exchange::Dns(_) | Exchange::Tcp(_) => false,
    };
    exchanges.filter(is_poll).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_is_asked_about_until_it_ends() {
    for pace in [Pace::AfterPolls(3), Pace::After(Duration::from_secs(20))] {
        let report = run(pace).await;
        for link in &report.links {
            assert_eq!(
                link.outcome,
                Outcome::Pass,
                "{}: {:?}",
                link.id,
                link.reason
            );
            assert!(polls(link) > 1, "{pace:?} {}: {}", link.id, polls(link));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_operation_that_does_not_end_is_an_error_that_may_heal() {
    let report = run(Pace::After(Duration::from_secs(24 * 3600))).await;
    for link in &report.links {
        assert_eq!(link.outcome, Outcome::Error, "{}", link.id);
        let reason = link.reason.as_deref().unwrap_or_default();
        assert!(reason.contains("had no result within 300 s"), "{reason}");
    }
}
