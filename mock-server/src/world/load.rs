//! From a file to a world: read, shape, then rules.
//!
//! A syntax error stands alone; otherwise all problems of the shape come together, and when the shape is right, all
//! broken rules. Each says where, what was expected and what to do.

use std::path::Path;
use std::sync::Arc;

use xtenant_source::{Mode, Problem, SourceFile, parse, read};

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
        let root = parse(file)?;
        let (world, _) = read::<Self>(file, &root, Mode::Values)?;
        let problems = rules::broken(&world, file, &root);
        if problems.is_empty() {
            Ok(world)
        } else {
            Err(problems)
        }
    }
}
