//! `xtenant permissions`: the least rights with which a chain can be checked; nothing is asked.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::load::{Chosen, Planned};
use super::{Ended, Failure, output};
use crate::exit_code::ExitCode;
use crate::permissions::report::{FORMATS, ROLE_DEFINITION};
use crate::permissions::{Least, Permissions};
use crate::source::did_you_mean;

#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  xtenant permissions scenarios/cross-tenant-vault                 who needs what, and for which link
  xtenant permissions scenarios/cross-tenant-vault --roles roles   a role definition for each identity and tenant
  az role definition create --role-definition @roles/home.home-auditor.json
  xtenant permissions scenarios/cross-tenant-vault --identity home-auditor -o role-definition:role.json
  az role definition create --role-definition @role.json

docs/permissions.md says how the roles are assigned, and how permissions of Microsoft Graph are granted.

Exit codes: 0 told, 2 usage, 3 a scenario is invalid, 4 nothing is needed by what was selected.")]
pub(super) struct Arguments {
    #[command(flatten)]
    chosen: Chosen,
    /// Only of this tenant, by its name in the scenario.
    #[arg(long)]
    tenant: Option<String>,
    /// Only of this identity, by its name in the scenario.
    #[arg(long)]
    identity: Option<String>,
    /// With the rights that only explain what is broken: without them nothing is unknown, and less is told of what is broken.
    #[arg(long)]
    explanations: bool,
    /// Write a role definition for each identity and tenant into this folder: TENANT.IDENTITY.json.
    #[arg(long, value_name = "FOLDER")]
    roles: Option<PathBuf>,
    /// Report: FORMAT to standard output, or FORMAT:FILE; may be repeated. Formats: console (default), json,
    /// role-definition (of the one identity that is left).
    #[arg(short, long, value_name = "FORMAT[:FILE]")]
    output: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Ended {
    let planned = arguments.chosen.plan_all()?;
    let tenants = planned.iter().flat_map(|own| &own.scenario.tenants);
    known(
        "tenant",
        arguments.tenant.as_deref(),
        tenants.map(|own| own.name.as_str()),
    )?;
    let identities = planned.iter().flat_map(|own| &own.scenario.identities);
    let identities = identities.map(|own| own.name.as_str());
    known("identity", arguments.identity.as_deref(), identities)?;
    let permissions = arguments.permissions(&planned);
    if permissions.identities.is_empty() {
        return Err(Failure {
            code: ExitCode::NothingRan,
            message: "nothing is asked of anybody by what was selected: no rights are needed"
                .to_owned(),
        });
    }
    let one = |format: &String| format.split(':').next() == Some(ROLE_DEFINITION);
    if arguments.output.iter().any(one) {
        only_role(&permissions)?;
    }
    let outputs = output::open(&arguments.output, FORMATS)?;
    if let Some(folder) = &arguments.roles {
        write_roles(folder, &permissions)?;
    }
    output::write_all(&outputs, &permissions)?;
    Ok(ExitCode::Good)
}

impl Arguments {
    fn permissions(&self, planned: &[Planned]) -> Permissions {
        let chains = planned.iter().map(|own| (&own.scenario, &own.plan));
        let mut permissions = Permissions::of(chains, self.explanations);
        permissions.identities.retain(|own| {
            let is = |wanted: &Option<String>, name: &str| {
                wanted.as_ref().is_none_or(|wanted| wanted == name)
            };
            is(&self.tenant, &own.tenant.name) && is(&self.identity, &own.identity)
        });
        permissions
    }
}

/// A name that no scenario has is a mistake of the command line.
fn known<'n>(
    what: &str,
    name: Option<&str>,
    mut all: impl Iterator<Item = &'n str> + Clone,
) -> Result<(), Failure> {
    let Some(name) = name else {
        return Ok(());
    };
    let near = did_you_mean(name, all.clone());
    if all.any(|own| own == name) {
        return Ok(());
    }
    let near = near.map(|near| format!("; did you mean `{near}`?"));
    Err(Failure::usage(format!(
        "--{what} {name}: no scenario has it{}",
        near.unwrap_or_default()
    )))
}

/// One file holds one role.
fn only_role(permissions: &Permissions) -> Result<(), Failure> {
    let with_role = permissions.identities.iter();
    let with_role: Vec<&Least> = with_role
        .filter(|own| !own.role_definitions.is_empty())
        .collect();
    match &with_role[..] {
        [only] if only.role_definitions.len() == 1 => Ok(()),
        [only] => Err(Failure::usage(format!(
            "{} needs {} roles, since a role names one management group at most; `--roles FOLDER` writes each",
            only.identity,
            only.role_definitions.len()
        ))),
        [] => Err(Failure::usage(
            "nobody who is left needs a role: only Microsoft Graph is asked; see `-o json`",
        )),
        several => {
            let names = several.iter();
            let names: Vec<String> = names
                .map(|own| format!("--identity {} --tenant {}", own.identity, own.tenant.name))
                .collect();
            Err(Failure::usage(format!(
                "one role definition is for one identity in one tenant; say which, or use `--roles FOLDER`\n  {}",
                names.join("\n  ")
            )))
        }
    }
}

/// A file for each role, all of them or none that was there before is half written.
fn write_roles(folder: &Path, permissions: &Permissions) -> Result<(), Failure> {
    let unwritable = |path: &Path, error: &dyn std::fmt::Display| {
        Failure::usage(format!("{} cannot be written: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let mut taken = BTreeSet::new();
    for own in &permissions.identities {
        for role in &own.role_definitions {
            let path = folder.join(free_name(own, &mut taken));
            let text = serde_json::to_string_pretty(role);
            let text = text.map_err(|error| unwritable(&path, &error))?;
            fs::write(&path, text + "\n").map_err(|error| unwritable(&path, &error))?;
        }
    }
    Ok(())
}

/// `TENANT.IDENTITY.json`, with a number where rows of a matrix have other tenants of that name.
fn free_name(own: &Least, taken: &mut BTreeSet<String>) -> String {
    let stem = format!("{}.{}", own.tenant.name, own.identity);
    let numbered = (2..).map(|number| format!("{stem}.{number}.json"));
    let mut names = std::iter::once(format!("{stem}.json")).chain(numbered);
    let free = names.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(free.clone());
    free
}
