//! From a file to a world: read, shape, then rules.
//!
//! A syntax error stands alone; otherwise all problems of the shape and all broken rules come together, in file order.
//! Where the shape is wrong, the rules run over what of it is sound ([`super::piecewise`]). Each problem says where, what
//! was expected and what to do.

use std::path::Path;
use std::sync::Arc;

use xtenant_source::{Mode, Problem, SourceFile, Span, parse_what_can_be_read, read};

use super::piecewise::{Torn, read_sound};
use super::{World, advice, rules};

/// Problems that are told one by one.
const SHOWN: usize = 100;

impl World {
    /// Reads and checks a world file.
    ///
    /// # Errors
    /// Everything that is wrong with it; never none.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        Self::parse(&SourceFile::read(path).map_err(|problem| vec![problem])?)
    }

    /// A state that a mock wrote: its shape is checked, not the rules, since clients may do what no world file may say.
    ///
    /// # Errors
    /// What is wrong with its shape.
    pub fn of_state(state: serde_json::Value) -> Result<Self, String> {
        let world: Self = serde_json::from_value(state).map_err(|error| error.to_string())?;
        match world.version {
            1 => Ok(world),
            version => Err(format!(
                "version {version} of the world format is not known; 1 is"
            )),
        }
    }

    /// Checks a world that was read already.
    ///
    /// # Errors
    /// Everything that is wrong with it; never none.
    pub fn parse(file: &Arc<SourceFile>) -> Result<Self, Vec<Problem>> {
        let (root, mut problems) =
            parse_what_can_be_read(file).map_err(|problem| vec![*problem])?;
        let world = match read::<Self>(file, &root, Mode::Values) {
            Ok((world, _)) => {
                let broken = rules::broken(&world, file, &root, &Torn::default());
                problems.extend(broken);
                Some(world)
            }
            Err(shape) => {
                if let Some(sound) = read_sound(file, &root, &shape) {
                    let broken = rules::broken(&sound.world, file, &sound.root, &sound.torn);
                    problems.extend(broken);
                }
                problems.extend(shape);
                None
            }
        };
        match world {
            Some(world) if problems.is_empty() => Ok(world),
            _ => Err(in_order(problems, file)),
        }
    }
}

/// In file order; more than anybody reads are counted.
fn in_order(mut problems: Vec<Problem>, file: &Arc<SourceFile>) -> Vec<Problem> {
    problems = problems.into_iter().map(advice::complete).collect();
    problems.sort_by_key(|problem| problem.span);
    let more = problems.len().saturating_sub(SHOWN);
    if more > 0 {
        problems.truncate(SHOWN);
        let end = u32::try_from(file.text.len()).unwrap_or(u32::MAX);
        let title = format!("{more} more problems are not shown");
        let problem = Problem::at(file, Span::new(end, end), title);
        problems.push(problem.hint("repair those above, and look again"));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_problems_than_anybody_reads_are_counted() {
        let vantages: String = (0..150)
            .map(|at| format!("  v{at}: {{network: x}}\n"))
            .collect();
        let text = format!(
            "version: 1\nworld: w\ntenants:\n  home: {{id: 11111111-1111-1111-1111-111111111111, name: n, domain: n.example}}\nvantages:\n{vantages}"
        );
        let problems = World::parse(&SourceFile::new("world.yaml", text)).unwrap_err();
        assert_eq!(problems.len(), SHOWN + 1);
        let places: Vec<_> = problems.iter().map(|it| it.span).collect();
        assert!(places.is_sorted());
        assert_eq!(problems[SHOWN].title, "200 more problems are not shown");
    }
}
