//! What needs what, drawn: an arrow leads from a link to the one that needs it.

use super::{asked, line, needs};
use crate::plan::{Plan, PlannedLink};

/// For Graphviz.
pub(super) fn dot(plans: &[&Plan]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let mut text = String::new();
    line(
        &mut text,
        format_args!("digraph xtenant {{\n  rankdir=LR\n  node [shape=box]"),
    );
    for (at, plan) in plans.iter().enumerate() {
        let name = quoted(&plan.scenario);
        line(
            &mut text,
            format_args!("  subgraph cluster_{at} {{\n    label={name}"),
        );
        for link in asked(plan) {
            let label = quoted(&format!("{}\n{}", link.id, link.kind.card.id)).replace('\n', "\\n");
            line(
                &mut text,
                format_args!("    {} [label={label}]", node(at, link)),
            );
        }
        for (from, to) in arrows(plan) {
            line(
                &mut text,
                format_args!("    {} -> {}", node(at, from), node(at, to)),
            );
        }
        line(&mut text, format_args!("  }}"));
    }
    line(&mut text, format_args!("}}"));
    text
}

/// For Mermaid.
pub(super) fn mermaid(plans: &[&Plan]) -> String {
    let quoted = |text: &str| format!("\"{}\"", text.replace('#', "#35;").replace('"', "#quot;"));
    let mut text = String::new();
    line(&mut text, format_args!("flowchart LR"));
    for (at, plan) in plans.iter().enumerate() {
        let name = quoted(&plan.scenario);
        line(&mut text, format_args!("  subgraph c{at}[{name}]"));
        for link in asked(plan) {
            let label = quoted(&format!("{}<br>{}", link.id, link.kind.card.id));
            line(&mut text, format_args!("    {}[{label}]", node(at, link)));
        }
        for (from, to) in arrows(plan) {
            line(
                &mut text,
                format_args!("    {} --> {}", node(at, from), node(at, to)),
            );
        }
        line(&mut text, format_args!("  end"));
    }
    text
}

fn node(chain: usize, link: &PlannedLink) -> String {
    format!("c{chain}l{}", link.index)
}

fn arrows(plan: &Plan) -> impl Iterator<Item = (&PlannedLink, &PlannedLink)> {
    asked(plan).flat_map(|link| needs(plan, link).map(move |need| (need, link)))
}
