//! The world at the start of the server: as the store has kept it.

use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::store::{Store, accounts, bans, channels, history, latest_state, presence, secrets};
use crate::text::language::Text;
use crate::world::{Accounts, World};

/// Makes a world of what is kept, and has that forgotten which the configuration does not let be any more.
///
/// # Errors
/// A sentence for the person at the console.
pub fn furnish(config: &Arc<Config>, store: &Store, now: Timestamp) -> Result<World, Text> {
    let mut world = World::new(Arc::clone(config), now);
    store.load(latest_state::begin)?;
    for ban in store.load(move |connection| bans::load(connection, now))? {
        world.add_ban(ban);
    }
    world.bans.cap(now);
    world.cover_with(store.load(|connection| secrets::named(connection, "cloak"))?);
    let (last, rooms) = store.load(history::load)?;
    world.go_on(last, rooms);
    world.restore_markers(store.load(history::load_markers)?);
    world.accounts = Accounts::new(config.casemapping, store.load(accounts::load)?);
    for channel in store.load(channels::load)? {
        world.restore_channel(channel);
    }
    for presence in store.load(presence::load)? {
        world.restore_presence(presence);
    }
    world.close_what_nobody_stays_in();
    if let Some(changes) = world.take_to_keep() {
        // If it cannot be kept now, the disk is full perhaps, the server is told the same at the next start.
        let _ = store.keep_changes(changes);
    }
    Ok(world)
}
