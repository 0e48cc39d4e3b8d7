//! A page as a script for bash: blocks `sh` as they stand, commands of blocks `console` between marks.

use std::fs;
use std::path::Path;

/// What starts the output of a console command; no client says it.
const BEGIN: &str = "\u{1}begin";
const END: &str = "\u{1}end";

/// Something to type.
pub(super) enum Step {
    /// Commands that succeed.
    Commands(Vec<String>),
    /// A command, and the lines that it shows.
    Shown { command: String, lines: Vec<String> },
}

impl Step {
    pub(super) fn shown(&self) -> Option<(&str, &[String])> {
        match self {
            Self::Commands(_) => None,
            Self::Shown { command, lines } => Some((command, lines)),
        }
    }

    /// A failure of commands ends the shell. A console command finds the exit code of the one before, as at a prompt.
    fn script(&self) -> String {
        match self {
            Self::Commands(lines) => format!("set -e\n{}\nset +e\n", lines.join("\n")),
            Self::Shown { command, .. } => format!(
                "printf '%s\\n' '{BEGIN}'\n(exit ${{status:-0}})\n{command}\nstatus=$?\nprintf '%s\\n' '{END}'\n"
            ),
        }
    }
}

/// What a page says to do.
pub(super) struct Page {
    /// In its order; the first one is done in a terminal of its own.
    pub(super) steps: Vec<Step>,
}

impl Page {
    pub(super) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).expect("a page");
        let mut steps = Vec::new();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            if !line.starts_with("```") {
                continue;
            }
            let block = lines.by_ref().take_while(|line| *line != "```");
            match line {
                "```sh" => steps.push(Step::Commands(block.map(str::to_owned).collect())),
                "```console" => steps.extend(console(block)),
                _ => panic!("a block of another language: {line}"),
            }
        }
        Self { steps }
    }

    /// What is typed in a terminal of its own.
    pub(super) fn first_command(&self) -> String {
        match &self.steps[0] {
            Step::Commands(lines) => lines.join("\n"),
            Step::Shown { command, .. } => command.clone(),
        }
    }

    /// Everything after the first block. Nothing is built: what would be is there.
    pub(super) fn script(&self) -> String {
        let steps = self.steps.iter().skip(1).map(Step::script);
        let script: String = steps.collect();
        format!("exec 2>&1\ncargo() {{ [ \"$*\" = build ]; }}\n{script}")
    }
}

fn console<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<Step> {
    let mut steps = Vec::new();
    for line in lines {
        match (line.strip_prefix("$ "), steps.last_mut()) {
            (Some(command), _) => steps.push(Step::Shown {
                command: command.to_owned(),
                lines: Vec::new(),
            }),
            (None, Some(Step::Shown { lines, .. })) => lines.push(line.to_owned()),
            (None, _) => panic!("a console block begins with a command, not with {line}"),
        }
    }
    steps
}

/// The outputs of the console commands.
pub(super) fn outputs(told: &str) -> Vec<String> {
    let begin = format!("{BEGIN}\n");
    let rest = told.split(&begin).skip(1);
    rest.map(|rest| {
        let end = rest.find(END).expect("the end of an output");
        rest[..end].to_owned()
    })
    .collect()
}
