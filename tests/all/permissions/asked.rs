//! Which rights did the requests of a run take? Read from the requests alone, not from what cards say.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Url;
use xtenant::outcome::evidence::HttpExchange;
use xtenant::outcome::run::ChainReport;
use xtenant::outcome::{Exchange, LinkReport};
use xtenant::scenario::{Scenario, tenant_of};

/// Rights by the name of the tenant, in lower case.
pub(super) type Rights = BTreeSet<(String, String)>;

/// The rights that each link's requests to ARM and Graph took.
pub(super) fn by_link(scenario: &Scenario, report: &ChainReport) -> BTreeMap<String, Rights> {
    let links = report.links.iter();
    links
        .map(|link| {
            let requests = link.evidence.0.iter().filter_map(|own| match own {
                Exchange::Http(request) => Some(request),
                Exchange::Dns(_) | Exchange::Tcp(_) => None,
            });
            let rights = requests.filter_map(|request| right(scenario, link, request));
            (link.id.clone(), rights.collect())
        })
        .collect()
}

fn right(
    scenario: &Scenario,
    link: &LinkReport,
    request: &HttpExchange,
) -> Option<(String, String)> {
    let url: Url = request.url.parse().expect("a URL");
    match url.host_str()? {
        // Whoever began an operation may ask how it goes: the documented rights of these reads name none for that
        // (azure-docs, `network-watcher/required-rbac-permissions.md`).
        "management.azure.com" if is_poll(url.path()) => None,
        "management.azure.com" => {
            let id = url.path().parse().expect("an ARM path");
            let tenant = tenant_of(&scenario.tenants, &id).expect("a tenant of the scenario");
            Some((tenant.name.clone(), action(&request.method, url.path())))
        }
        // The path does not say whose directory is asked: the link does, except where it looks further.
        "graph.microsoft.com" => {
            let tenant = link.tenant.as_ref().expect("a tenant");
            Some((tenant.name.clone(), "application.read.all".to_owned()))
        }
        _ => None,
    }
}

fn is_poll(path: &str) -> bool {
    let is_about_one = |kind| path.contains(&format!("/{kind}/"));
    path.contains("/locations/") && (is_about_one("operations") || is_about_one("operationResults"))
}

/// `…/providers/NAMESPACE/TYPE/NAME/TYPE…`: the types of the last provider, and what is done.
fn action(method: &str, path: &str) -> String {
    let (above, below) = path.rsplit_once("/providers/").unwrap_or(("", path));
    let mut segments: Vec<&str> = below.split('/').collect();
    if above.is_empty() && !path.starts_with("/providers/") {
        let what = match segments.len() {
            3 => "subscriptions",
            _ => "subscriptions/resourceGroups",
        };
        return format!("microsoft.resources/{what}/read").to_ascii_lowercase();
    }
    let verb = match method {
        "POST" => format!("{}/action", segments.pop().expect("an action")),
        _ => "read".to_owned(),
    };
    let types: Vec<&str> = segments.iter().skip(1).step_by(2).copied().collect();
    format!("{}/{}/{verb}", segments[0], types.join("/")).to_ascii_lowercase()
}
