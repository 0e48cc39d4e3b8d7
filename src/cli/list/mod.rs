//! `xtenant list`: what would run: order, identities, requests; nothing is asked.
//!
//! - `graph`: the same as a drawing

mod graph;

use std::fmt::Write as _;

use clap::ValueEnum;

use super::load::{Chosen, Planned};
use super::{Ended, print};
use crate::outcome::Asks;
use crate::permissions::{Kind, names};
use crate::plan::{Plan, PlannedLink};

#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// Draw what needs what instead.
    #[arg(long, value_enum)]
    graph: Option<Graph>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Graph {
    /// Graphviz.
    Dot,
    /// Mermaid, which GitHub and GitLab show.
    Mermaid,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let planned = arguments.chosen.plan_all()?;
    let plans = planned.iter().map(|planned| &planned.plan);
    let plans: Vec<&Plan> = plans.filter(|plan| !plan.is_empty()).collect();
    match arguments.graph {
        Some(Graph::Dot) => print(&graph::dot(&plans)),
        Some(Graph::Mermaid) => print(&graph::mermaid(&plans)),
        None => print(&list(&planned)),
    }
}

fn list(planned: &[Planned]) -> String {
    let mut text = String::new();
    for planned in planned.iter().filter(|planned| !planned.plan.is_empty()) {
        let plan = &planned.plan;
        let target = planned.target().map(ToString::to_string);
        let target = target.unwrap_or_else(|_| "not said".to_owned());
        line(&mut text, format_args!("{}  {}", plan.scenario, plan.file));
        line(&mut text, format_args!("  target   {target}"));
        for tenant in &plan.tenants {
            let reader = plan.reader_of(tenant).unwrap_or("nobody");
            line(
                &mut text,
                format_args!("  reads    {} ({}) as {reader}", tenant.name, tenant.id),
            );
        }
        line(&mut text, format_args!(""));
        links(plan, &mut text);
        line(&mut text, format_args!(""));
    }
    text
}

/// The links in the order in which they can be asked.
fn links(plan: &Plan, text: &mut String) {
    let asked: Vec<&PlannedLink> = asked(plan).collect();
    let width = asked.iter().map(|link| link.id.len()).max().unwrap_or(0);
    for (at, link) in asked.iter().enumerate() {
        line(
            text,
            format_args!(
                "  {:3}  {:width$}  {}, {}",
                at + 1,
                link.id,
                link.kind.card.id,
                asks(link)
            ),
        );
        let needs: Vec<&str> = needs(plan, link).map(|need| need.id.as_str()).collect();
        if !needs.is_empty() {
            line(
                text,
                format_args!("       {:width$}    needs {}", "", needs.join(", ")),
            );
        }
        if let Some(control) = link.control {
            line(
                text,
                format_args!("       {:width$}    control {}", "", plan.links[control].id),
            );
        }
        for (kind, right, is_maybe) in names(link) {
            let request = request(kind, &right, is_maybe);
            line(text, format_args!("       {:width$}    {request}", ""));
        }
    }
    let left = plan.links.len() - asked.len();
    if left > 0 {
        line(text, format_args!("  {left} more are not selected"));
    }
}

/// The links that would be asked, in the order of the plan.
fn asked(plan: &Plan) -> impl Iterator<Item = &PlannedLink> {
    let links = plan.order.iter().map(|&index| &plan.links[index]);
    links.filter(|link| link.skip.is_none())
}

fn needs<'p>(plan: &'p Plan, link: &PlannedLink) -> impl Iterator<Item = &'p PlannedLink> {
    let needs = link.needs.clone().into_iter();
    needs.map(|need| &plan.links[need])
}

/// Whom a link asks, as whom, from where.
fn asks(link: &PlannedLink) -> String {
    let service = match link.kind.card.asks {
        Asks::Arm(_) | Asks::ArmOperation(_) => "ARM",
        Asks::Graph => "Microsoft Graph",
        Asks::Dns => "DNS",
        Asks::Endpoint => "the endpoint",
        Asks::Network => "the address",
        Asks::Workload => "Entra and the data plane",
    };
    let workload = link.workload.as_ref().map(|workload| &workload.name);
    let identity = workload.or(link.reader.as_ref());
    let mut words = format!("asks {service}");
    for (preposition, name) in [
        ("of", link.tenant.as_ref().map(|tenant| &tenant.name)),
        ("as", identity),
        ("from", link.vantage.as_ref()),
    ] {
        if let Some(name) = name {
            let _ = write!(words, " {preposition} {name}");
        }
    }
    words
}

fn request(kind: Kind, right: &str, is_maybe: bool) -> String {
    let service = match kind {
        Kind::Action => "",
        Kind::DataAction => " (data)",
        Kind::Graph => " (Microsoft Graph)",
    };
    let may = if is_maybe { "may request" } else { "requests" };
    format!("{may} {right}{service}")
}

/// Writing to a string cannot fail.
fn line(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{}", arguments.to_string().trim_end());
}
