//! What the state is, and putting another one in its place: seed, restore, reset, reload, save.
//!
//! - *seed* gives another world, or adds to what is there; the rules of world files hold
//! - *restore* takes back what [`Control::state`] gave; only its shape is checked, since clients may have done what no
//!   world file may say
//! - *reset* goes back to the world as written, *reload* reads its file again
//!
//! Each change is one: built first, then put in place under the state's lock.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::PoisonError;

use serde_json::Value;
use xtenant_source::{Problem, SourceFile};

use super::Control;
use super::given::Given;
use super::state_file::{self, Kept, StateFileError};
use crate::coordinates::Coordinates;
use crate::start::{StartError, start_of};
use crate::store::State;
use crate::world::World;

/// A change that was not made.
#[derive(Debug, thiserror::Error)]
pub enum NotChanged {
    /// What was given is not a world, or does not keep its rules.
    #[error("{0}")]
    World(String),
    /// The mock was started with a world, not with a file.
    #[error("the mock was not started from a world file")]
    NoFile,
    /// A planted fault does not apply to the world that was read again.
    #[error("a planted fault does not apply to the changed world: {0}; heal it first")]
    Fault(#[from] crate::faults::FaultError),
    /// A listener for a new vantage could not be opened.
    #[error(transparent)]
    Listener(#[from] StartError),
}

impl Control {
    /// The state as it is now, as a world.
    pub fn state(&self) -> World {
        let given = self.given();
        self.ctx.state().export(given.world())
    }

    /// Serves another world from now on: no faults, its clock, nothing of what was there.
    ///
    /// # Errors
    /// It is no world; nothing changes.
    pub async fn seed(&self, world: &Value) -> Result<(), NotChanged> {
        let world = checked(world)?;
        self.replace(Given::new(world), true).await
    }

    /// Adds to what is there: maps are joined, resources of the same id replaced, other lists appended to.
    ///
    /// # Errors
    /// It is no part of a world, or breaks a rule that was kept before; nothing changes.
    pub async fn add(&self, part: &Value) -> Result<(), NotChanged> {
        {
            let mut given = self.given();
            let mut state = self.ctx.state_mut();
            let before = as_json(&state.export(given.world()))?;
            let mut after = before.clone();
            join(&mut after, part);
            refuse_new_problems(&before, &after)?;
            let world = World::of_state(after).map_err(NotChanged::World)?;
            state.replace(State::build(&world).map_err(NotChanged::World)?);
            given.go_on_with(world);
        }
        self.reopen().await
    }

    /// Takes back a state that was asked for earlier.
    ///
    /// # Errors
    /// It has not the shape of one; nothing changes.
    pub async fn restore(&self, state: Value) -> Result<(), NotChanged> {
        let world = World::of_state(state).map_err(NotChanged::World)?;
        let written = self.given().written().clone();
        self.replace(Given::resumed(written, world), false).await
    }

    /// Goes back to the beginning: the world as written, no faults, full budgets, an empty record, the clock at its start.
    ///
    /// # Errors
    /// None for a world that was served before.
    pub async fn reset(&self) -> Result<(), NotChanged> {
        let written = self.given().written().clone();
        self.replace(Given::new(written), true).await?;
        self.ctx.wire.heal_all();
        self.ctx.throttle.refill();
        self.ctx.received.clear();
        Ok(())
    }

    /// Reads the world's file again and serves what it says now, with the faults that are planted; what clients changed
    /// is gone, the clock runs on.
    ///
    /// # Errors
    /// There is no file, it is malformed, or a planted fault does not apply any more; nothing changes.
    pub async fn reload(&self) -> Result<(), NotChanged> {
        let path = self.world_file.as_deref().ok_or(NotChanged::NoFile)?;
        let mut given = Given::new(World::load(path).map_err(|it| told(&it))?);
        for planted in self.planted() {
            given.plant_at_start(&planted.fault, &planted.at)?;
        }
        self.replace(given, false).await
    }

    /// Writes the state file, if the mock has one; says where.
    ///
    /// # Errors
    /// The system's.
    pub fn save(&self) -> Result<Option<PathBuf>, StateFileError> {
        let Some(path) = &self.state_file else {
            return Ok(None);
        };
        let _one_at_a_time = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        state_file::write(path, &self.kept())?;
        Ok(Some(path.clone()))
    }

    /// Goes on where a mock of any world was when this was written, at its time.
    ///
    /// # Errors
    /// A listener for a vantage could not be opened.
    pub async fn resume(&self, kept: Kept) -> Result<(), NotChanged> {
        {
            let mut given = self.given();
            let is_real = kept.frame.clock.is_none();
            self.ctx.clock.resume(kept.started, kept.now, is_real);
            self.ctx.resume((kept.state, kept.operations));
            *given = Given::resumed(given.written().clone(), kept.frame);
        }
        self.reopen().await
    }

    /// Everything that a state file says.
    pub fn kept(&self) -> Kept {
        let frame = self.given().world().frame();
        let clock = &self.ctx.clock;
        Kept::new((clock.start(), clock.now()), frame, self.ctx.kept())
    }

    async fn replace(&self, new: Given, restart_clock: bool) -> Result<(), NotChanged> {
        let state = State::build(new.world()).map_err(NotChanged::World)?;
        {
            let mut given = self.given();
            if restart_clock {
                self.ctx.clock.restart(start_of(new.world()));
            }
            self.ctx.replace_state(state);
            *given = new;
            given.is_built(&self.ctx.state());
        }
        self.reopen().await
    }

    /// Listeners for vantages that are new or changed.
    async fn reopen(&self) -> Result<(), NotChanged> {
        let before = self.coordinates();
        let state = self.ctx.state();
        let opened_for =
            std::mem::replace(&mut *self.vantages.lock().await, state.vantages.clone());
        self.listeners.doors.forget().await;
        let same = |name: &str| opened_for.get(name) == state.vantages.get(name);
        let unchanged: Vec<_> = before
            .vantages
            .iter()
            .filter(|it| same(&it.name))
            .cloned()
            .collect();
        let vantages = self
            .listeners
            .vantages(Default::default(), &unchanged)
            .await?;
        let world = self.given().world().world.clone();
        self.moved(Coordinates {
            world,
            vantages,
            ..Coordinates::clone(&before)
        });
        Ok(())
    }
}

/// A world that keeps the rules.
fn checked(world: &Value) -> Result<World, NotChanged> {
    let file = SourceFile::new("world.json", pretty(world));
    World::parse(&file).map_err(|problems| told(&problems))
}

fn told(problems: &[Problem]) -> NotChanged {
    NotChanged::World(xtenant_source::render(problems, false))
}

fn as_json(world: &World) -> Result<Value, NotChanged> {
    serde_json::to_value(world).map_err(|error| NotChanged::World(error.to_string()))
}

/// One thing a line, so that places mean something.
fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Clients may have broken rules of world files already; an addition may break no more.
fn refuse_new_problems(before: &Value, after: &Value) -> Result<(), NotChanged> {
    let problems = |value: &Value| {
        World::parse(&SourceFile::new("state.json", pretty(value)))
            .err()
            .unwrap_or_default()
    };
    let new = problems(after);
    if new.is_empty() {
        return Ok(());
    }
    let old: BTreeSet<String> = problems(before).into_iter().map(|it| it.title).collect();
    let new: Vec<Problem> = new
        .into_iter()
        .filter(|it| !old.contains(&it.title))
        .collect();
    if new.is_empty() {
        Ok(())
    } else {
        Err(told(&new))
    }
}

/// Joins a part into a whole.
fn join(whole: &mut Value, part: &Value) {
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => {
            for (key, value) in part {
                match whole.get_mut(key) {
                    Some(there) => join(there, value),
                    None => {
                        whole.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(whole), Value::Array(part)) => {
            let ids: BTreeSet<String> = part.iter().filter_map(id).collect();
            whole.retain(|it| id(it).is_none_or(|id| !ids.contains(&id)));
            whole.extend(part.iter().cloned());
        }
        (whole, part) => *whole = part.clone(),
    }
}

fn id(thing: &Value) -> Option<String> {
    Some(thing.get("id")?.as_str()?.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_join() {
        let mut whole =
            json!({"a": {"x": 1}, "list": [{"id": "/A", "n": 1}, {"id": "/b"}], "plain": [1]});
        join(
            &mut whole,
            &json!({"a": {"y": 2}, "list": [{"id": "/a", "n": 2}], "plain": [2], "new": 3}),
        );
        let expected = json!({
            "a": {"x": 1, "y": 2},
            "list": [{"id": "/b"}, {"id": "/a", "n": 2}],
            "plain": [1, 2],
            "new": 3,
        });
        assert_eq!(whole, expected);
    }
}
