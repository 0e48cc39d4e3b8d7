//! The Azure CLI as it is on PyPI, pointed at a running mock the way a person does it: by `xtenant mock env`.
//!
//! `tests/clients/install` installs it into `$XTENANT_CLIENTS` or `target/clients`. Where it is not there, a test that
//! needs it says `NOT RUN` and passes. One server of the whole test process (`tests/clients/az-server.py`) runs the
//! commands, because most of a command's time goes into imports; `az` on the `PATH` here asks it.

use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::running::Mock;
use crate::support::{Ran, command, ran, root};

/// A variable of the environment that the tests run in.
#[expect(
    clippy::disallowed_methods,
    reason = "where programs are is not of the mock"
)]
pub(crate) fn of_this_machine(name: &str) -> Option<OsString> {
    env::var_os(name)
}

/// The folder of the clients; says so where there is none.
pub(crate) fn installed() -> Option<PathBuf> {
    let folder = of_this_machine("XTENANT_CLIENTS")
        .map_or_else(|| root().join("target/clients"), PathBuf::from);
    if folder.join("venv/bin/az").exists() {
        return Some(folder);
    }
    // To the real standard error: what a passing test prints is not shown.
    let told = "NOT RUN: clients (tests/clients/install, then cargo test --test all)\n";
    let _ = std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes());
    None
}

/// The Azure CLI of one person at one vantage: its own login, its own environment.
pub(crate) struct AzureCli {
    folder: tempfile::TempDir,
    variables: Vec<(String, Option<String>)>,
}

impl AzureCli {
    /// A fresh one, not logged in; nothing where the clients are not installed.
    pub(crate) fn at(mock: &Mock, vantage: &str) -> Option<Self> {
        let installed = installed()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let mut variables = variables_of(mock, vantage, &folder.path().join("ca.pem"));
        let mut set = |name: &str, value: &str| variables.push((name.into(), Some(value.into())));
        let text = |path: &Path| path.to_str().expect("text").to_owned();
        let shim = text(&root().join("tests/clients/az-shim"));
        let path = of_this_machine("PATH").unwrap_or_default();
        set("PATH", &format!("{shim}:{}", path.to_string_lossy()));
        set("XTENANT_AZ_SERVER", &text(server(&installed)));
        set("HOME", &text(folder.path()));
        set("AZURE_CONFIG_DIR", &text(&folder.path().join("azure")));
        set("AZURE_CORE_COLLECT_TELEMETRY", "no");
        set("AZURE_CORE_LOGIN_EXPERIENCE_V2", "no");
        set("AZURE_CORE_SURVEY_MESSAGE", "no");
        set("LANG", "C.UTF-8");
        Some(Self { folder, variables })
    }

    /// A program with this environment and nothing else of ours, in a folder of its own.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env_clear().current_dir(self.folder.path());
        for (name, value) in &self.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command
    }

    /// `az` with arguments.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Ran {
        let output = self.program("az").args(arguments).output();
        ran(&output.expect("az runs"))
    }

    /// A script of bash in which `az` is this one.
    pub(crate) fn bash(&self, script: &str) -> Ran {
        let output = self.program("bash").args(["-ec", script]).output();
        ran(&output.expect("bash runs"))
    }

    /// What `az` answers, as JSON; null when it answers nothing. It must succeed.
    pub(crate) fn json<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Value {
        let ran = self.run(arguments);
        assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
        if ran.stdout.trim().is_empty() {
            return Value::Null;
        }
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {}", ran.stdout))
    }

    /// Logs in as a service principal with its secret.
    pub(crate) fn log_in(&self, tenant: &str, client: &str, secret: &str) -> Ran {
        self.run([
            "login",
            "--service-principal",
            "--allow-no-subscriptions",
            "--tenant",
            tenant,
            "--username",
            client,
            "--password",
            secret,
        ])
    }
}

/// What `xtenant mock env` tells a client.
fn variables_of(mock: &Mock, vantage: &str, ca: &Path) -> Vec<(String, Option<String>)> {
    let mut asking = command();
    asking.args(["mock", "env", &mock.control, "--vantage", vantage]);
    asking.args(["--shell", "json", "--ca-out"]).arg(ca);
    let told = ran(&asking.output().expect("it runs"));
    assert_eq!(told.code, 0, "{}", told.stderr);
    let told: Value = serde_json::from_str(&told.stdout).expect("JSON");
    let told = told.as_object().expect("an object");
    told.iter()
        .map(|(name, value)| (name.clone(), value.as_str().map(str::to_owned)))
        .collect()
}

/// The server of this test process. It ends when its standard input does, which is when this process does.
struct Server {
    _child: Child,
    socket: PathBuf,
}

fn server(installed: &Path) -> &'static Path {
    static SERVER: OnceLock<Server> = OnceLock::new();
    &SERVER.get_or_init(|| started(installed)).socket
}

fn started(installed: &Path) -> Server {
    let socket = env::temp_dir().join(format!("xtenant-az-{}.sock", std::process::id()));
    let mut child = Command::new(installed.join("venv/bin/python"))
        .arg(root().join("tests/clients/az-server.py"))
        .arg(&socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server of the Azure CLI starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("piped"))
        .read_line(&mut line)
        .expect("a line when ready");
    assert_eq!(line, "ready\n", "the server of the Azure CLI is not ready");
    Server {
        _child: child,
        socket,
    }
}

#[test]
fn the_azure_cli_logs_in_with_a_managed_identity() {
    let mock = Mock::start("scenarios/same-tenant-vault/world.yaml", &[]);
    let Some(az) = AzureCli::at(&mock, "app") else {
        return;
    };
    let login = az.json(["login", "--identity", "--allow-no-subscriptions"]);
    assert_eq!(login[0]["tenantId"], "11111111-1111-1111-1111-111111111111");
    let secret = az.json([
        "keyvault",
        "secret",
        "show",
        "--vault-name",
        "kv-home",
        "--name",
        "TEST-SECRET-001",
    ]);
    assert_eq!(secret["value"], "TenantA");
}

#[test]
fn the_azure_cli_is_refused_as_anybody_is() {
    let mock = Mock::start("scenarios/same-tenant-vault/world.yaml", &[]);
    let Some(az) = AzureCli::at(&mock, "app") else {
        return;
    };
    let nobody = "0a000000-0000-4000-8000-00000000dead";
    let refused = az.log_in("11111111-1111-1111-1111-111111111111", nobody, "wrong");
    assert_eq!(refused.code, 1, "{}{}", refused.stdout, refused.stderr);
    assert!(
        refused.stderr.contains("AADSTS700016"),
        "{}",
        refused.stderr
    );
    let after = az.bash("az account show; echo not reached");
    assert_eq!((after.code, after.stdout.as_str()), (1, ""));
    assert!(after.stderr.contains("az login"), "{}", after.stderr);
}
