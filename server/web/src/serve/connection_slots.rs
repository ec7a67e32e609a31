//! Who is connected. Where every slot is taken, whoever has done nothing for longest makes room: an attacker who opens
//! connections and says nothing sends away their own.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use super::ConnectionLimits;
use keuze_core::service::attempt_limits::Source;

pub struct ConnectionSlots {
    doors: ConnectionLimits,
    /// Guards who sits where, for one look or change.
    taken: Mutex<OccupiedSeat>,
}

#[derive(Default)]
struct OccupiedSeat {
    next: u64,
    lines: HashMap<u64, Arc<Connection>>,
    by_client: HashMap<Source, usize>,
}

struct Connection {
    /// `None` for a proxy that is trusted.
    client: Option<Source>,
    /// Guards what this connection is doing, for one look or change.
    state: Mutex<SeatsState>,
    leave: Notify,
}

#[derive(Clone, Copy)]
struct SeatsState {
    /// Requests that wait for their answer.
    busy: usize,
    /// Whether it ever asked for anything.
    has_asked: bool,
    /// When it became idle.
    since: Instant,
}

/// A slot that is taken; free again when it is dropped.
pub struct ConnectionSlot {
    id: u64,
    line: Arc<Connection>,
    slots: Arc<ConnectionSlots>,
}

/// A request that waits for its answer.
pub struct Busy(Arc<Connection>);

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Numbers that are set in one step each.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ConnectionSlots {
    /// All free.
    pub fn new(doors: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { doors, taken: Mutex::default() })
    }

    /// A slot, if there is one or somebody idle leaves theirs.
    pub fn take_seat(self: &Arc<Self>, peer: IpAddr) -> Option<ConnectionSlot> {
        let client = (!(self.doors.is_proxy)(peer)).then(|| self.doors.sources.source_of(peer));
        let mut taken = locked(&self.taken);
        let own = client.and_then(|client| taken.by_client.get(&client).copied()).unwrap_or_default();
        if client.is_some() && self.doors.most_by_client.is_some_and(|most| own >= most) {
            taken.send_away(|line| line.client == client)?;
        }
        if taken.lines.len() >= self.doors.most {
            taken.send_away(|_| true)?;
        }
        let state = SeatsState { busy: 0, has_asked: false, since: Instant::now() };
        let line = Arc::new(Connection { client, state: Mutex::new(state), leave: Notify::new() });
        let id = taken.next;
        taken.next += 1;
        taken.lines.insert(id, Arc::clone(&line));
        if let Some(client) = client {
            *taken.by_client.entry(client).or_default() += 1;
        }
        Some(ConnectionSlot { id, line, slots: Arc::clone(self) })
    }

    /// Sends whoever has done nothing for longest away.
    pub fn make_room(&self) {
        let _nobody_was_idle = locked(&self.taken).send_away(|_| true);
    }
}

impl OccupiedSeat {
    /// Of those who never asked for anything the oldest, else of those who ask for nothing now.
    fn send_away(&mut self, among: impl Fn(&Connection) -> bool) -> Option<()> {
        let idle = self.lines.iter().filter(|(_, line)| among(line)).filter_map(|(id, line)| {
            let state = *locked(&line.state);
            (state.busy == 0).then_some((state.has_asked, state.since, *id))
        });
        let (_, _, id) = idle.min()?;
        self.free(id).map(|line| line.leave.notify_one())
    }

    fn free(&mut self, id: u64) -> Option<Arc<Connection>> {
        let line = self.lines.remove(&id)?;
        if let Some(client) = line.client {
            let left = self.by_client.get(&client).map_or(0, |count| count.saturating_sub(1));
            match left {
                0 => _ = self.by_client.remove(&client),
                _ => _ = self.by_client.insert(client, left),
            }
        }
        Some(line)
    }
}

impl ConnectionSlot {
    /// A request has come, and is answered when this is dropped.
    pub fn busy(&self) -> Busy {
        let mut state = locked(&self.line.state);
        state.busy += 1;
        state.has_asked = true;
        Busy(Arc::clone(&self.line))
    }

    /// Ends when the connection has said nothing for too long, or must make room.
    pub async fn is_left(&self) {
        tokio::select! {
            () = self.line.leave.notified() => {}
            () = self.dawdles() => {}
        }
    }

    async fn dawdles(&self) {
        let doors = &self.slots.doors;
        loop {
            let state = *locked(&self.line.state);
            let patience = if state.has_asked { doors.next_within } else { doors.first_within };
            let start = if state.busy > 0 { Instant::now() } else { state.since };
            if start.elapsed() >= patience {
                return;
            }
            tokio::time::sleep_until(start + patience).await;
        }
    }
}

impl Drop for ConnectionSlot {
    fn drop(&mut self) {
        locked(&self.slots.taken).free(self.id);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let mut state = locked(&self.0.state);
        state.busy -= 1;
        state.since = Instant::now();
    }
}
