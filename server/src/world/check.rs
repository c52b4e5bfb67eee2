//! The invariants that hold after every command: the tables are true to one another.

use crate::config::user_modes::UserMode;
use crate::world::World;

impl World {
    /// Checks that the tables are true to one another. Tests call it after every command.
    ///
    /// # Panics
    /// When they are not.
    pub fn check(&self) {
        let people = || self.people().map(|(_, person)| person);
        let registered = people().filter(|person| person.is_registered()).count();
        assert_eq!(self.users, registered, "users are counted right");
        assert_eq!(self.strangers(), people().count() - registered, "and so are those who are not");
        assert!(self.most_users >= self.users);
        let with = |mode| people().filter(|person| person.is_registered() && person.modes.has(mode)).count();
        let counted = (with(UserMode::Invisible), with(UserMode::Operator));
        assert_eq!(self.invisible_and_operators(), counted, "modes are counted right");
        assert!(self.suspects.is_empty(), "all have been looked at");
        for (id, person) in self.people().filter(|(_, person)| person.is_registered()) {
            assert!(self.ban_on(id).is_none(), "{} is banned and out", person.name());
        }
        assert!(self.capture.is_none(), "no command's answers are held back");
        for (id, person) in self.people() {
            assert!(person.is_registered() || person.channels.is_empty(), "only users sit in rooms");
            for channel in &person.channels {
                assert!(self.is_member(id, *channel), "{} is listed where it sits", person.name());
            }
        }
        assert_eq!(self.channels.len(), self.channel_names.len());
        for (id, channel) in &self.channels {
            assert_eq!(self.find_channel(&channel.name), Ok(id), "{} is found", channel.name);
            let stays = self.is_lobby(channel) || channel.registration.is_some();
            assert!(!channel.members.is_empty() || stays, "{} has closed", channel.name);
            let accounts = channel.registration.iter().flat_map(|registration| {
                registration.access.iter().map(|(account, _)| account).chain([&registration.founder])
            });
            for account in accounts {
                assert!(self.accounts.find(account).is_some(), "{account} in {} is there", channel.name);
            }
            for member in channel.members.keys() {
                assert!(self.people[*member].channels.contains(&id), "a member of {} knows it", channel.name);
            }
        }
        self.check_names();
        self.check_channel_names();
        self.check_watchers();
        self.check_connections();
        self.check_logins();
        self.accounts.check();
        for person in self.people.values() {
            let account = person.account();
            assert_eq!(account.is_some(), person.modes.has(UserMode::Registered), "+r is for accounts");
            assert!(
                account
                    .is_none_or(|name| self.accounts.find(name).is_some_and(|account| account.name == name))
            );
        }
    }
}
