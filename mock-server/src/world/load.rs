//! From a file to a world: read, shape, then rules.
//!
//! A syntax error stands alone; otherwise all problems of the shape come together, and when the shape is right, all
//! broken rules. Each says where, what was expected and what to do.

use std::path::Path;
use std::sync::Arc;

use xtenant_source::{Mode, Problem, SourceFile, parse_what_can_be_read, read};

use super::{World, rules};

impl World {
    /// Reads and checks a world file.
    ///
    /// # Errors
    /// Everything that is wrong with it; never none.
    pub fn load(path: &Path) -> Result<Self, Vec<Problem>> {
        Self::parse(&SourceFile::read(path).map_err(|problem| vec![problem])?)
    }

    /// Checks a world that was read already.
    ///
    /// # Errors
    /// Everything that is wrong with it; never none.
    pub fn parse(file: &Arc<SourceFile>) -> Result<Self, Vec<Problem>> {
        let (root, mut problems) =
            parse_what_can_be_read(file).map_err(|problem| vec![*problem])?;
        let world = match read::<Self>(file, &root, Mode::Values) {
            Ok((world, _)) => world,
            Err(shape) => {
                problems.extend(shape);
                return Err(problems);
            }
        };
        problems.extend(rules::broken(&world, file, &root));
        if problems.is_empty() {
            Ok(world)
        } else {
            Err(problems)
        }
    }
}
