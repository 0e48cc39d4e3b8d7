//! What does a world's size cost? The time to load it, and a page of a list of it.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use xtenant_mock_server::{Mock, Options, serve};

use crate::load::{Asked, Site, measure};
use crate::{ARM, arm_token};

/// Resources of the worlds; the first is the partner of the others.
const SIZES: [usize; 4] = [100, 1_000, 10_000, 100_000];
/// How long a page is asked.
const SPAN: Duration = Duration::from_secs(2);
const SUBSCRIPTION: &str = "/subscriptions/aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa";
/// Networks of one resource group: less than a page of ARM, in a world of any size.
const OF_A_GROUP: usize = 100;

/// Loads worlds of each size and asks each for a list of one resource group, and for the first page of all.
pub(crate) async fn growing() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("world.json");
    let mut smallest = None;
    for size in SIZES {
        std::fs::write(&path, world(size)).expect("a file");
        let begun = Instant::now();
        let mock = serve(Options::of_file(path.clone()))
            .await
            .expect("the mock starts");
        let ready = begun.elapsed();
        let group = median(&mock, &format!("{SUBSCRIPTION}/resourceGroups/g0")).await;
        let first = median(&mock, SUBSCRIPTION).await;
        mock.stop().await;
        let (small_group, small_first) = *smallest.get_or_insert((group, first));
        println!(
            "world of {size} resources: ready in {ready:.1?} ({:.1?} for each); list of a resource group {group:.1?} (ratio {:.2}), first page of the subscription {first:.1?} (ratio {:.2})",
            ready / u32::try_from(size).expect("a small number"),
            group.as_secs_f64() / small_group.as_secs_f64(),
            first.as_secs_f64() / small_first.as_secs_f64(),
        );
    }
}

/// The middle time of a list's first page, one client.
async fn median(mock: &Mock, scope: &str) -> Duration {
    let arm = Site::new(ARM, mock.coordinates.https, &mock.coordinates.ca_pem);
    let path =
        format!("{scope}/providers/Microsoft.Network/virtualNetworks?api-version=2024-01-01");
    let get = Asked::get(&path, &arm_token(mock).await);
    measure(&arm, &get, 1, SPAN).await.percentile(50)
}

/// Networks of which nothing else is said, and somebody who reads them, as JSON.
fn world(networks: usize) -> String {
    let mut text = String::from(
        r#"{"version": 1, "world": "growth", "tenants": {"home": {"id": "11111111-1111-1111-1111-111111111111", "name": "Contoso", "domain": "contoso.onmicrosoft.com",
        "subscriptions": [{"id": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa", "name": "growth"}],
        "service-principals": [{"id": "05000000-0000-4000-8000-000000000002", "appId": "0a000000-0000-4000-8000-000000000002", "displayName": "home-auditor"}]}},
        "principals": {"home-auditor": {"tenant": "home", "service-principal": "05000000-0000-4000-8000-000000000002"}},
        "resources": ["#,
    );
    for number in 0..networks {
        let group = number / OF_A_GROUP;
        write!(
            text,
            r#"{{"id": "{SUBSCRIPTION}/resourceGroups/g{group}/providers/Microsoft.Network/virtualNetworks/n{number}", "location": "japaneast", "properties": {{"addressSpace": {{"addressPrefixes": ["10.0.0.0/16"]}}}}}},"#
        )
        .expect("text grows");
    }
    write!(
        text,
        r#"{{"id": "{SUBSCRIPTION}/providers/Microsoft.Authorization/roleAssignments/0e000000-0000-4000-8000-000000000001", "properties": {{"roleDefinitionId": "{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7", "principalId": "05000000-0000-4000-8000-000000000002", "principalType": "ServicePrincipal"}}}}]}}"#
    )
    .expect("text grows");
    text
}
