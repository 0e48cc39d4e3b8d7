//! Which operations of Azure does the mock answer? The content of `docs/mock-coverage.md`, from [`SERVICES`].
//!
//! A test holds that the committed file is current; `XTENANT_WRITE_COVERAGE=1` makes it write the file instead.

use std::fmt::Write as _;

use crate::auth::Audience;
use crate::services::{Access, Hosts, Operation, SERVICES, Service};

const HEAD: &str = "# What the mock answers\n\n\
    Generated from the tables of operations in `mock-server/src/services/`; a test holds that it is current. To write it\n\
    anew: `XTENANT_WRITE_COVERAGE=1 cargo test -p xtenant-mock-server coverage`.\n\n\
    Operations are named as in Azure's specifications; *asks for* is what the caller needs. What is known but not built\n\
    answers 501 and names itself, and so does everything that is not in these tables.\n";

/// The whole page.
pub fn markdown() -> String {
    let mut text = HEAD.to_owned();
    for service in SERVICES {
        text.push_str(&section(service));
    }
    text
}

fn section(service: &Service) -> String {
    let mut text = String::new();
    line(&mut text, format_args!("\n## {}\n", service.name));
    line(
        &mut text,
        format_args!(
            "{}. Hosts: {}.\n",
            capital(service.about),
            hosts(service.hosts)
        ),
    );
    line(
        &mut text,
        format_args!(
            "| operation | | asks for | specification | simplified |\n| --- | --- | --- | --- | --- |"
        ),
    );
    for operation in service.operations {
        line(&mut text, format_args!("{}", row(operation)));
    }
    text
}

fn row(operation: &Operation) -> String {
    format!(
        "| {} `{}` | {} | {} | {} | {} |",
        operation.method,
        operation.id,
        if operation.handler.is_some() {
            "built"
        } else {
            "501"
        },
        access(operation.access),
        operation
            .spec
            .map_or("–".to_owned(), |spec| format!("`{spec}`")),
        operation.simplified.replace('|', "\\|"),
    )
}

fn access(access: Access) -> String {
    match access {
        Access::Anonymous => "nothing".to_owned(),
        Access::Bearer(audience) => format!("a token for {}", name(audience)),
        Access::Signed(audience) => format!("a token for {}, or a signature", name(audience)),
        Access::Arm(action) => format!("`{action}`"),
        Access::Graph(permissions) => permissions
            .iter()
            .map(|permission| format!("`{permission}`"))
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

fn name(audience: Audience) -> &'static str {
    match audience {
        Audience::Arm => "Azure Resource Manager",
        Audience::Graph => "Microsoft Graph",
        Audience::KeyVault => "Key Vault",
        Audience::Registry => "container registries",
        Audience::Storage => "Storage",
    }
}

fn hosts(hosts: Hosts) -> String {
    match hosts {
        Hosts::Exact(names) => names
            .iter()
            .map(|name| format!("`{name}`"))
            .collect::<Vec<_>>()
            .join(", "),
        Hosts::Suffix(suffix) => format!("`*{suffix}`"),
        Hosts::Regional(suffix) => format!("`*.{{region}}{suffix}`"),
        Hosts::LinkLocal => "link-local addresses, plain HTTP".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

/// Writing to a text does not fail.
fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    let _ = writeln!(text, "{content}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/mock-coverage.md");

    #[test]
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever changes the tables says so by the environment"
    )]
    fn the_committed_page_is_current() {
        if std::env::var_os("XTENANT_WRITE_COVERAGE").is_some() {
            std::fs::write(FILE, markdown()).unwrap();
        }
        let committed = std::fs::read_to_string(FILE).unwrap_or_default();
        assert!(
            committed == markdown(),
            "run: XTENANT_WRITE_COVERAGE=1 cargo test -p xtenant-mock-server coverage"
        );
    }

    #[test]
    fn every_operation_has_a_row_that_is_a_row() {
        let page = markdown();
        for operation in SERVICES.iter().flat_map(|service| service.operations) {
            assert!(page.contains(&format!("`{}`", operation.id)));
            let row = row(operation).replace("\\|", "");
            assert_eq!(row.matches('|').count(), 6, "{row}");
            assert!(!row.contains('\n'), "{row}");
        }
    }
}
