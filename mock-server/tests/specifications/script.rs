//! Files of requests, `exercises/*.http`: what is asked, in order, and what is kept of the answers.
//!
//! ```text
//! # a comment
//! PUT {net}/virtualNetworks/one
//! {"location": "japaneast"}
//!
//! GET {net}/{virtualNetworks/one|virtualNetworks}      each of the alternatives
//! POST {kv}/secrets/a/backup
//! > backup /value                                      kept as {backup}
//!
//! GET 404 {net}/virtualNetworks/none                   an answer that must be a refusal
//! PUT {blob}/c  x-ms-blob-type: BlockBlob  a: b         headers, each after two spaces
//! ```
//!
//! A block ends with an empty line.

use std::collections::BTreeMap;

use crate::client::Client;
use crate::exchange::Exchange;

/// One block.
#[derive(Debug)]
struct Block<'t> {
    line: &'t str,
    body: String,
    kept: Vec<(&'t str, &'t str)>,
}

/// Asks everything; whatever is not answered as it should be is told.
pub(crate) fn run(client: &mut Client<'_>, text: &str, names: &[(&str, &str)]) -> Vec<String> {
    let mut names: BTreeMap<String, String> = names
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let mut problems = Vec::new();
    for block in blocks(text) {
        for (line, body) in alternatives(&filled(block.line, &names), &filled(&block.body, &names))
        {
            let (exchange, wanted) = ask(client, &line, &body);
            let authorization = exchange.request_headers.get("authorization").cloned();
            names.insert(
                "authorization".to_owned(),
                authorization.unwrap_or_default(),
            );
            let is_as_wanted = wanted.map_or(exchange.is_success(), |it| it == exchange.status);
            if !is_as_wanted {
                let answer = String::from_utf8_lossy(&exchange.response_body).into_owned();
                problems.push(format!("{} {}: {answer}", exchange.line(), exchange.status));
            }
            for (name, pointer) in &block.kept {
                let value = value_at(&exchange, pointer);
                names.insert((*name).to_owned(), value);
            }
        }
    }
    problems
}

fn ask(client: &mut Client<'_>, line: &str, body: &str) -> (Exchange, Option<u16>) {
    let (method, rest) = line.split_once(' ').unwrap();
    let (wanted, rest) = match rest.split_once(' ') {
        Some((status, rest)) if status.len() == 3 => (status.parse().ok(), rest),
        _ => (None, rest),
    };
    let (target, headers) = rest.split_once("  ").unwrap_or((rest, ""));
    let headers = headers.split("  ").filter_map(|it| it.split_once(": "));
    let headers: Vec<_> = headers
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    // A body that is no JSON may write its ends of lines out.
    let body = body.trim().replace("\\r\\n", "\r\n");
    (
        client.ask(method, target.trim(), &headers, body.as_bytes()),
        wanted,
    )
}

/// A JSON pointer into the body, `last` and a pointer for what follows the last slash of the value, or `header name`.
fn value_at(exchange: &Exchange, pointer: &str) -> String {
    if let Some(header) = pointer.strip_prefix("header ") {
        let value = exchange.response_headers.get(header).cloned();
        let value = value.unwrap_or_default();
        return value.replace("https://management.azure.com", "");
    }
    if let Some(pointer) = pointer.strip_prefix("last ") {
        let value = value_at(exchange, pointer);
        return value.rsplit('/').next().unwrap_or_default().to_owned();
    }
    match exchange.answer().pointer(pointer) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => format!("(no {pointer})"),
    }
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let parts = text.split("\n\n").map(|part| {
        let lines = part.lines().filter(|line| !line.starts_with('#'));
        lines.collect::<Vec<_>>()
    });
    let mut blocks = Vec::new();
    for lines in parts.filter(|lines| !lines.is_empty()) {
        // Requests without a body may follow each other without an empty line.
        for line in lines {
            let is_request = line
                .split(' ')
                .next()
                .is_some_and(|it| !it.is_empty() && it.bytes().all(|it| it.is_ascii_uppercase()));
            if is_request {
                blocks.push(Block {
                    line,
                    body: String::new(),
                    kept: Vec::new(),
                });
            } else if let Some(block) = blocks.last_mut() {
                match line.strip_prefix("> ").and_then(|it| it.split_once(' ')) {
                    Some(kept) => block.kept.push(kept),
                    None => {
                        block.body.push_str(line);
                        block.body.push('\n');
                    }
                }
            }
        }
    }
    blocks
}

fn filled(text: &str, names: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    // Twice: a name's value may hold a name.
    for _ in 0..2 {
        for (name, value) in names {
            text = text.replace(&format!("{{{name}}}"), value);
        }
    }
    text
}

/// The request once for each of the alternatives in `{a|b}`; `{*}` in line or body stands for the one that is chosen.
fn alternatives(line: &str, body: &str) -> Vec<(String, String)> {
    let found = line.match_indices('{').find_map(|(start, _)| {
        let end = start + line[start..].find('}')?;
        line[start..end].contains('|').then_some((start, end))
    });
    let Some((start, end)) = found else {
        return vec![(line.to_owned(), body.to_owned())];
    };
    let choices = line[start + 1..end].split('|');
    choices
        .flat_map(|choice| {
            let chosen = format!("{}{choice}{}", &line[..start], &line[end + 1..]);
            alternatives(&chosen.replace("{*}", choice), &body.replace("{*}", choice))
        })
        .collect()
}
