//! The nicknames: each person has one, and no two have the same or two that look the same.
//!
//! The world's two tables of names, by folded name and by [`Skeleton`], are changed here only, together with the
//! people's own. This file also settles who gives way when a name belongs to an account; the accounts themselves are
//! in [`accounts`](crate::world::people::accounts).

use crate::config::ProtectNames;
use crate::text::language::Text;
use crate::text::nickname::{self, Skeleton, shown_in_refusal};
use crate::text::reply::Reply;
use crate::world::{Account, ConnectionId, PersonId, World};

impl World {
    /// The person who has this nickname and has logged in.
    ///
    /// # Errors
    /// ERR_NOSUCHNICK.
    pub fn find(&self, nick: &str) -> Result<PersonId, Reply> {
        self.holder(nick)
            .filter(|id| self.people[*id].is_registered())
            .ok_or_else(|| Reply::NoSuchNick(nick.to_owned()))
    }

    pub(in crate::world) fn holder(&self, nick: &str) -> Option<PersonId> {
        self.nicks.get(&self.config.casemapping.fold(nick)).copied()
    }

    /// Gives a person a nickname, in its normal form, and frees the one they had. Tells nobody.
    ///
    /// # Errors
    /// ERR_ERRONEUSNICKNAME; or ERR_NICKNAMEINUSE when somebody has it or one that looks the same, or when it belongs
    /// to an account that a registered person has not logged in to. Before registration they may still log in to it.
    pub fn rename(&mut self, id: PersonId, wanted: &str) -> Result<(), Reply> {
        let max_bytes = self.config.nick_length;
        let nick = nickname::normalize(wanted, max_bytes)
            .map_err(|_| Reply::ErroneousNickname(shown_in_refusal(wanted), max_bytes.to_string()))?;
        let skeleton = Skeleton::of(&nick);
        if nickname::poses_as_servant(&nick, &self.config.name) && !self.owns(id, &nick) {
            return Err(self.in_use(id, nick, &Text::NickReserved));
        }
        let others = [self.holder(&nick), self.skeletons.get(&skeleton).copied()];
        if others.into_iter().flatten().any(|holder| holder != id) {
            return Err(self.in_use(id, nick, &Text::NickTaken));
        }
        if self.people[id].is_registered() && self.is_anothers(id, &nick) {
            return Err(self.in_use(id, nick, &Text::NickOwned));
        }
        self.free_nick(id);
        self.nicks.insert(self.config.casemapping.fold(&nick).into_owned(), id);
        self.skeletons.insert(skeleton, id);
        self.people[id].set_nick(Some(nick));
        self.people[id].named = self.next_number();
        self.suspect(id);
        Ok(())
    }

    fn in_use(&self, id: PersonId, nick: String, why: &Text) -> Reply {
        let connections = &self.people[id].connections;
        let asking =
            self.at_work.filter(|asking| connections.contains(asking)).or(connections.first().copied());
        let language = asking.map_or(self.config.language, |asking| self.connections[asking].language);
        Reply::NicknameInUse(nick, why.to_string(language))
    }

    /// The account that a nickname belongs to, or one that looks the same.
    pub fn owner_of(&self, nick: &str) -> Option<&Account> {
        let normal = nickname::normalize(nick, usize::MAX).ok()?;
        self.accounts.owner(&normal, &Skeleton::of(&normal))
    }

    /// Whether a nickname belongs to an account that a person has not logged in to.
    fn is_anothers(&self, id: PersonId, nick: &str) -> bool {
        let owner = self.owner_of(nick).filter(|_| self.config.protect_names != ProtectNames::Off);
        owner.is_some_and(|owner| self.people[id].account() != Some(&owner.name))
    }

    /// Whether a nickname belongs to the account that a person has logged in to.
    fn owns(&self, id: PersonId, nick: &str) -> bool {
        self.owner_of(nick).is_some_and(|owner| self.people[id].account() == Some(&owner.name))
    }

    /// Settles the owner of a nickname at the end of a login. Returns the person whose connection this one is to be, if
    /// somebody is here: a person who has logged in to the same account and has the nickname, or who stays without a
    /// connection.
    ///
    /// # Errors
    /// ERR_NICKNAMEINUSE; the login waits for another NICK then.
    pub(crate) fn settle_nick(&mut self, connection: ConnectionId) -> Result<Option<PersonId>, Reply> {
        let id = self.connections[connection].person;
        let login = self.connections[connection].login.as_mut();
        let wanted = login.and_then(|login| login.wanted.take());
        if let Some(wanted) = &wanted {
            if self.shares_account_with_holder(id, wanted)
                && let Some(holder) = self.holder(wanted)
                && (self.config.multiclient || !self.is_connected(holder))
            {
                // The newcomer's earlier name is not what was asked for last.
                self.free_nick(id);
                return Ok(Some(holder));
            }
            if self.owns(id, wanted) {
                self.evict(id, wanted);
            }
            if !self.is_anothers(id, wanted) {
                self.rename(id, wanted)?;
            }
        }
        match wanted.or_else(|| self.people[id].nick().map(str::to_owned)) {
            Some(nick) if self.is_anothers(id, &nick) => {
                self.free_nick(id);
                if self.config.protect_names == ProtectNames::Refuse {
                    return Err(self.in_use(id, nick, &Text::NickOwned));
                }
                self.name_guest(id);
                let text = Text::GuestNow(nick, self.people[id].name().to_owned());
                self.notice(connection, &text);
                Ok(self.absent_of(id))
            }
            _ => Ok(self.absent_of(id)),
        }
    }

    /// Whether the holder of a nickname has logged in to the same account as a person.
    fn shares_account_with_holder(&self, id: PersonId, nick: &str) -> bool {
        let holder = self.holder(nick).filter(|holder| *holder != id).map(|holder| &self.people[holder]);
        holder.is_some_and(|holder| {
            holder.is_registered()
                && holder.account().is_some()
                && holder.account() == self.people[id].account()
        })
    }

    /// Takes a nickname that is somebody's own away from its holder, unless the holder owns it too.
    pub(crate) fn evict(&mut self, owner: PersonId, nick: &str) {
        let mut holders = [self.holder(nick), self.skeletons.get(&Skeleton::of(nick)).copied()];
        if holders[0] == holders[1] {
            holders[1] = None;
        }
        for holder in holders.into_iter().flatten().filter(|holder| *holder != owner) {
            let person = &self.people[holder];
            if !person.is_registered() {
                let refusal = self.in_use(holder, person.name().to_owned(), &Text::NickOwned);
                self.free_nick(holder);
                self.notify_person(holder, &refusal);
            } else if person.account() != self.people[owner].account() {
                self.name_guest(holder);
            }
        }
    }

    /// Gives somebody a name that is nobody's, and tells everybody concerned if there are such.
    fn name_guest(&mut self, id: PersonId) {
        loop {
            self.guests += 1;
            let name = format!("guest-{}", self.guests);
            let named = if self.people[id].is_registered() {
                self.take_nick(id, &name)
            } else {
                self.rename(id, &name)
            };
            if named.is_ok() {
                return;
            }
        }
    }

    /// Gives a person who has logged in another nickname, and tells everybody concerned.
    ///
    /// # Errors
    /// Like [`rename`](Self::rename).
    pub(crate) fn take_nick(&mut self, id: PersonId, wanted: &str) -> Result<(), Reply> {
        let person = &self.people[id];
        let (old, source) = (person.name().to_owned(), person.source().to_owned());
        self.rename(id, wanted)?;
        let new = self.people[id].name().to_owned();
        if new == old {
            return Ok(());
        }
        let line = self.line(format_args!(":{source} NICK {new}")).with_tags(self.people[id].tags());
        for index in 0..self.people[id].channels.len() {
            self.keep_change_of_nick(id, self.people[id].channels[index], &source, &new);
        }
        self.tell_person(id, |_, _| Some(&line));
        self.tell_neighbours(id, |_| Some(&line));
        if !self.config.casemapping.same(&old, &new) {
            // To people who look for a name, one person went and another came.
            self.remember(id, &old);
            self.tell_watchers_that_left(&old);
            self.tell_watchers_that_came(id);
        }
        self.keep_presence(id);
        self.note(Text::Renamed(old, new));
        Ok(())
    }

    /// Takes the nickname from a person who has one, and returns it.
    pub(super) fn free_nick(&mut self, id: PersonId) -> Option<String> {
        let old = self.people[id].set_nick(None)?;
        self.nicks.remove(&self.config.casemapping.fold(&old).into_owned());
        self.skeletons.remove(&Skeleton::of(&old));
        Some(old)
    }

    pub(in crate::world) fn check_names(&self) {
        let named: Vec<_> = self.people().filter_map(|(id, person)| Some((id, person.nick()?))).collect();
        assert_eq!(self.nicks.len(), named.len(), "one entry for each nickname");
        assert_eq!(self.skeletons.len(), named.len(), "one skeleton for each nickname");
        for (id, nick) in named {
            assert_eq!(self.holder(nick), Some(id), "{nick} is found");
            assert_eq!(self.skeletons.get(&Skeleton::of(nick)), Some(&id), "{nick} looks like itself");
        }
    }
}
