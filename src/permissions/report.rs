//! Rendering of permissions: THE list, [`FORMATS`]. Nothing is decided here.

use std::io::{self, Write};

use anstyle::Style;

use super::grant::Kind;
use super::least::{Least, NeedWord, NeededRight, Permissions};
use crate::report::{Format, shown};

/// Name of the format that is one role definition and nothing else.
pub const ROLE_DEFINITION: &str = "role-definition";

/// Every format.
pub const FORMATS: &[Format<Permissions>] = &[
    Format {
        name: "console",
        about: "for people: rights of each identity, and what each is for",
        render: console,
    },
    Format {
        name: "json",
        about: "everything, versioned (schemas/permissions.json)",
        render: json,
    },
    Format {
        name: ROLE_DEFINITION,
        about: "the one custom role that is left, as `az role definition create` takes it",
        render: role_definition,
    },
];

fn json(permissions: &Permissions, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, permissions)?;
    writeln!(out)
}

fn role_definition(permissions: &Permissions, out: &mut dyn Write) -> io::Result<()> {
    let roles = permissions
        .identities
        .iter()
        .flat_map(|own| &own.role_definitions);
    for role in roles {
        serde_json::to_writer_pretty(&mut *out, role)?;
        writeln!(out)?;
    }
    Ok(())
}

fn console(permissions: &Permissions, out: &mut dyn Write) -> io::Result<()> {
    let mut left_out = 0;
    for own in &permissions.identities {
        identity(own, out)?;
        left_out += own.explanations_left_out;
    }
    if left_out > 0 {
        writeln!(
            out,
            "{left_out} more only explain what is broken; --explanations adds them"
        )?;
    }
    Ok(())
}

fn identity(own: &Least, out: &mut dyn Write) -> io::Result<()> {
    let bold = Style::new().bold();
    let application = own.holder.application.as_ref();
    let application = application.map(|id| format!(", application {}", shown(id)));
    writeln!(
        out,
        "{bold}{}{bold:#} in {} ({}): {}{}",
        shown(&own.identity),
        shown(&own.tenant.name),
        own.tenant.id,
        own.holder.kind,
        application.unwrap_or_default()
    )?;
    for (kind, title) in [
        (Kind::Action, "actions"),
        (Kind::DataAction, "data actions"),
        (Kind::Graph, "application permissions of Microsoft Graph"),
    ] {
        let rights: Vec<&NeededRight> = own.rights.iter().filter(|it| it.kind == kind).collect();
        if !rights.is_empty() {
            writeln!(out, "  {title}")?;
        }
        for needed in rights {
            right(needed, out)?;
        }
    }
    for role in &own.role_definitions {
        writeln!(out, "  role \"{}\"", shown(&role.name))?;
    }
    for scope in &own.assign_at {
        writeln!(out, "    assigned at {}", shown(scope))?;
    }
    writeln!(out)
}

fn right(own: &NeededRight, out: &mut dyn Write) -> io::Result<()> {
    let need = match own.need {
        NeedWord::Always => String::new(),
        NeedWord::Sometimes => format!(", {}", own.when.join(", or ")),
        NeedWord::Explains => ", to explain".to_owned(),
    };
    let links: Vec<String> = own.links.iter().map(|link| shown(link)).collect();
    writeln!(out, "    {}", shown(&own.right))?;
    writeln!(out, "      for {}{need}", links.join(", "))
}
