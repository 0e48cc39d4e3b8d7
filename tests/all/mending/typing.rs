//! Types the lines of a fix into a shell, exactly as they are printed, as whom they say.
//!
//! `# as TENANT:` changes who types, `# inside …` from where what follows is typed; other comments are for people. What a
//! person chooses (`# NAME: …`) is in [`tables::CHOSEN`](super::tables::CHOSEN). A command that could do harm stands in a
//! comment with its condition: for the rows of [`tables::CONDITIONS_HOLD`](super::tables::CONDITIONS_HOLD) a person takes
//! the `#` away.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::administrators::{Administrator, SECRET};
use super::tables;
use crate::clients::AzureCli;
use crate::running::Mock;
use xtenant::drill::file::Row;

/// Seconds that one fix may take.
const LIMIT: &str = "180";

/// Marks of our own in what a shell says on standard error.
const BEGINS: &str = "@@ line ";
const FAILED: &str = "@@ failed";

/// The administrators of one mock, each at a shell of their own.
pub(super) struct Typists {
    shells: BTreeMap<String, AzureCli>,
    /// Subscriptions, each with the tenant whose administrator has it.
    subscriptions: BTreeMap<String, String>,
    /// Variables of a client in the workload's network.
    inside: Vec<(String, String)>,
}

impl Typists {
    /// Signed in; nothing where the clients are not installed.
    pub(super) fn sign_in(
        mock: &Mock,
        administrators: &[Administrator],
        vantage: Option<&str>,
    ) -> Option<Self> {
        let mut shells = BTreeMap::new();
        for administrator in administrators {
            let shell = AzureCli::at(mock, "internet")?;
            shell.log_in(&administrator.tenant_id, &administrator.application, SECRET);
            // A token that is asked for while the clock is turned is of no use after a reset.
            let token = "az account get-access-token --output none --resource";
            let warmed = shell.bash(&format!(
                "{token} https://management.core.windows.net/; {token} https://graph.microsoft.com/; {token} https://vault.azure.net; {token} https://storage.azure.com"
            ));
            assert_eq!(warmed.code, 0, "{}", warmed.stderr);
            for other in administrators {
                // Only one of them is known in the others' tenants, too.
                let _ = shell.run(["account", "get-access-token", "--tenant", &other.tenant_id]);
            }
            shells.insert(administrator.tenant.clone(), shell);
        }
        let each = administrators.iter();
        let subscriptions = each.flat_map(|own| {
            own.subscriptions
                .iter()
                .map(|it| (it.clone(), own.tenant.clone()))
        });
        Some(Self {
            shells,
            subscriptions: subscriptions.collect(),
            inside: vantage
                .and_then(|name| inside(mock, name))
                .unwrap_or_default(),
        })
    }

    /// Types a fix as the administrator of a tenant; what failed, and why.
    pub(super) fn type_in(&self, fix: &[String], owner: &str, row: &Row) -> Vec<Failed> {
        let script = self.script(fix, owner, row);
        let shell = self.shells.values().next().expect("a tenant");
        // A wait that never ends is a failure, not a wait.
        let mut bash = shell.program("timeout");
        let bash = bash.args(["--kill-after=5", LIMIT, "bash", "-c", &script]);
        let output = bash.output().expect("bash runs");
        failures(fix, &String::from_utf8_lossy(&output.stderr))
    }

    /// The tenant that a comment names: by its name, or by a subscription that its administrator has.
    fn named<'a>(&'a self, comment: &'a str) -> Option<&'a str> {
        let named = comment.strip_prefix("# as ")?.trim_end_matches(':');
        match named.strip_prefix("whoever administers /subscriptions/") {
            Some(subscription) => self.subscriptions.get(subscription).map(String::as_str),
            None => Some(named),
        }
    }

    fn script(&self, fix: &[String], owner: &str, row: &Row) -> String {
        let mut script = String::new();
        for (tenant, shell) in &self.shells {
            let exports = exports(&variables(shell));
            let _ = writeln!(script, "as_{tenant}() {{ {exports} :; }}");
        }
        let inside = exports(&self.inside);
        let _ = writeln!(script, "inside() {{ {inside} :; }}\nas_{owner}");
        let _ = writeln!(script, "printf '{}' > chosen", tables::FILE);
        for (name, value) in tables::chosen(row) {
            let _ = writeln!(script, "{name}='{value}'");
        }
        let mut is_inside = false;
        for (number, line) in fix.iter().enumerate() {
            if let Some(tenant) = self.named(line) {
                let _ = writeln!(script, "as_{tenant}");
            }
            is_inside |= line.starts_with("# inside ");
            let command = match line.starts_with('#') {
                true if tables::conditions_hold(row) => uncommented(line),
                true => None,
                false => Some(line.as_str()),
            };
            let Some(command) = command.filter(|line| !tables::is_not_typed(line)) else {
                continue;
            };
            let typed = match is_inside {
                true => format!("(inside; {command}\n)"),
                false => command.to_owned(),
            };
            let _ = writeln!(
                script,
                "echo '{BEGINS}{number}' >&2\n{typed}\n[ $? = 0 ] || echo '{FAILED}' >&2"
            );
        }
        script
    }
}

/// The command of a comment: `# or, where …: az …`, or a line of its own below such a comment.
fn uncommented(line: &str) -> Option<&str> {
    let text = line.strip_prefix("# ")?;
    if text.starts_with("az ") {
        return Some(text);
    }
    let at = text.find(": az ")?;
    text.get(at + 2..)
}

/// A line that failed, and what was said last.
pub(super) struct Failed {
    pub(super) line: String,
    pub(super) said: String,
}

fn failures(fix: &[String], said: &str) -> Vec<Failed> {
    let mut failed = Vec::new();
    for part in said.split(BEGINS).skip(1) {
        let (number, said) = part.split_once('\n').unwrap_or((part, ""));
        let Some(before) = said.find(FAILED) else {
            continue;
        };
        let line = number.parse().ok().and_then(|it: usize| fix.get(it));
        failed.push(Failed {
            line: line.cloned().unwrap_or_default(),
            said: said[..before].trim().to_owned(),
        });
    }
    failed
}

fn variables(shell: &AzureCli) -> Vec<(String, String)> {
    let program = shell.program("true");
    let text = |value: &std::ffi::OsStr| value.to_str().expect("text").to_owned();
    let set = program
        .get_envs()
        .filter_map(|(name, value)| Some((text(name), text(value?))));
    set.collect()
}

/// The proxy of a client where the workload runs.
fn inside(mock: &Mock, vantage: &str) -> Option<Vec<(String, String)>> {
    let variables = variables(&AzureCli::at(mock, vantage)?);
    let is_proxy = |(name, _): &(String, String)| name.to_ascii_lowercase().ends_with("_proxy");
    Some(variables.into_iter().filter(is_proxy).collect())
}

fn exports(variables: &[(String, String)]) -> String {
    let quoted = |value: &str| value.replace('\'', r"'\''");
    let each = variables
        .iter()
        .map(|(name, value)| format!("export {name}='{}';", quoted(value)));
    each.collect::<Vec<_>>().join(" ")
}
