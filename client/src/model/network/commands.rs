//! The user's commands to a server: to say something, to go into a room, to ask which people are there.

use crate::command::Command;
use crate::config::profile::Room;
use crate::event::Manner;
use crate::event::wire_line;
use crate::model::base::effect::Effect;
use crate::model::base::ids::ConversationId;
use crate::model::conversation::Kind;
use crate::model::network::Network;
use crate::model::network::parts::inquiries::WhoQuestion;
use crate::model::network::parts::link::Link;
use crate::text::i18n::{Phrase, Text};

impl Network {
    /// Carries out what was typed, on this server.
    ///
    /// # Errors
    /// What is wrong, in plain words; then nothing was done.
    pub(in crate::model) fn obey(&mut self, command: Command) -> Result<(), Phrase> {
        match command {
            Command::Say(text) => self.say_here(Manner::Message, &text),
            Command::Act(text) => self.say_here(Manner::Action, &text),
            Command::Tell { to, text } if wire_line::is_service(&to) => self.ask_service(&to, &text),
            Command::Tell { to, text } => {
                self.need_link()?;
                self.messages_of(&to, Manner::Message, &text)?;
                let id = self.private(&to);
                self.say(id, Manner::Message, &text)
            }
            Command::Query(nick) => {
                self.open_private(&nick);
                Ok(())
            }
            Command::Nick(nick) => self.change_nick(&nick),
            Command::Join { room, key } => self.join(&room, key),
            Command::Part { room, reason } => self.part(room.as_deref(), &reason),
            Command::Topic(topic) => self.topic(topic),
            Command::Kick { nick, reason } => {
                let room = self.room_here()?;
                let kick = ["KICK", &room, &nick, &reason];
                self.ask(if reason.is_empty() { &kick[..3] } else { &kick })
            }
            Command::Invite { nick, room } => {
                let room = room.map_or_else(|| self.room_here(), Ok)?;
                self.ask(&["INVITE", &nick, &room])
            }
            Command::Mode { target, changes } => {
                let target = target.map_or_else(|| self.room_here(), Ok)?;
                let words = ["MODE", &target].into_iter().chain(changes.iter().map(String::as_str));
                self.ask(&words.collect::<Vec<_>>())
            }
            Command::Away(reason) => self.ask(&["AWAY", reason.as_deref().unwrap_or_default()]),
            Command::Online(None) => self.ask_online(),
            Command::Online(Some(room)) => {
                self.need_link()?;
                let asked_in = self.here();
                self.ask_who(WhoQuestion { room: Some(room), asked_in, ..WhoQuestion::default() });
                Ok(())
            }
            Command::Search(words) => self.search_before(&words),
            Command::Register { password, mail } => self.register(&password, mail.as_deref()),
            Command::Verify(code) => self.verify(&code),
            Command::Whois(nick) => self.ask(&["WHOIS", &nick]),
            Command::List => {
                self.need_link()?;
                self.inquiries.ask_rooms(self.here());
                self.ask(&["LIST"])
            }
            Command::Clear => {
                self.clear();
                Ok(())
            }
            Command::Ask { service, request } => self.ask_service(service, &request),
            Command::Oper { name, password } => self.ask(&["OPER", &name, &password]),
            Command::Raw(line) => {
                self.need_link()?;
                self.effects.push(Effect::Send(self.id, line));
                Ok(())
            }
            Command::Help => {
                self.notice_here(crate::command::help());
                Ok(())
            }
            // These are about more than this connection.
            Command::Quit(_) | Command::Ignore { .. } => Ok(()),
        }
    }

    /// Joins rooms now, or as soon as we are here; the last of them comes to the front.
    pub(in crate::model) fn visit_rooms(&mut self, rooms: &[Room]) {
        for room in rooms {
            let key = room.key.as_ref().map(|key| key.reveal().to_owned());
            if self.join(&room.name, key).is_err() {
                self.joining.add([room.clone()]);
            }
        }
        self.connect();
    }

    pub(in crate::model) fn open_private(&mut self, nick: &str) {
        let id = self.private(nick);
        self.turn_to(id);
    }

    /// Closes a conversation; a room is left. The server's own stays.
    pub(in crate::model) fn close(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversation(id) else { return };
        match conversation.kind {
            Kind::Server => {}
            Kind::Room if conversation.joined => {
                let room = conversation.name.clone();
                self.send(&["PART", &room]);
            }
            Kind::Room | Kind::Private => self.remove(id),
        }
    }

    /// Asks the server which people are online.
    ///
    /// Every server answers `WHO *` with everybody whom it lets us see. A server that shows nobody is asked for the
    /// people in the current room instead.
    pub(in crate::model) fn ask_online(&mut self) -> Result<(), Phrase> {
        self.need_link()?;
        let instead =
            self.current().filter(|it| it.kind == Kind::Room && it.joined).map(|it| it.name.clone());
        self.ask_who(WhoQuestion { asked_in: self.here(), instead, ..WhoQuestion::default() });
        Ok(())
    }

    /// Asks a service for something. That is not said in a conversation: its answer is to be seen where the user is,
    /// and a password among the words is to be kept nowhere.
    fn ask_service(&mut self, service: &str, request: &str) -> Result<(), Phrase> {
        for line in request.lines() {
            self.ask(&["PRIVMSG", service, line])?;
            self.notice_here(vec![Text::AskedService.with([service, &wire_line::masked_request(line)])]);
        }
        Ok(())
    }

    pub(in crate::model) fn clear(&mut self) {
        if let Some(current) = self.current_mut() {
            current.clear();
        }
    }

    fn say_here(&mut self, manner: Manner, text: &str) -> Result<(), Phrase> {
        let id = self.current().ok_or(Text::NowhereToSay)?.id;
        self.need_voice(id)?;
        self.say(id, manner, text)
    }

    /// # Errors
    /// When nobody would hear the words of a conversation, and why.
    pub(super) fn need_voice(&self, id: ConversationId) -> Result<(), Phrase> {
        self.need_link()?;
        let conversation = self.conversation(id).ok_or(Text::NowhereToSay)?;
        match conversation.kind {
            Kind::Server => Err(Text::NowhereToSay.into()),
            Kind::Room if !conversation.joined => Err(Text::NotInRoom.with([&conversation.name])),
            Kind::Room | Kind::Private => Ok(()),
        }
    }

    fn change_nick(&mut self, nick: &str) -> Result<(), Phrase> {
        if self.link() != Link::Down {
            return self.ask(&["NICK", nick]);
        }
        // Without a connection it is the name for the next connection: the old name may be taken by now.
        self.profile.rename(nick);
        self.notice_here(vec![Text::YouRenamed.with([nick])]);
        Ok(())
    }

    pub(in crate::model) fn join(&mut self, room: &str, key: Option<String>) -> Result<(), Phrase> {
        self.need_link()?;
        if let Some(there) = self.find(room).filter(|it| it.joined) {
            let id = there.id;
            self.turn_to(id);
            return Ok(());
        }
        self.send_join(room, key.as_deref());
        self.joining.ask(self.fold(room), key);
        Ok(())
    }

    fn part(&mut self, room: Option<&str>, reason: &str) -> Result<(), Phrase> {
        let conversation = match room {
            Some(room) => self.find(room).ok_or_else(|| Text::NotInRoom.with([room]))?,
            None => self.current().ok_or(Text::NowhereToSay)?,
        };
        if conversation.kind == Kind::Room && conversation.joined && !reason.is_empty() {
            let room = conversation.name.clone();
            self.send(&["PART", &room, reason]);
        } else {
            let id = conversation.id;
            self.close(id);
        }
        Ok(())
    }

    /// The room in front.
    pub(super) fn room_here(&self) -> Result<String, Phrase> {
        Ok(self.current().filter(|it| it.kind == Kind::Room).ok_or(Text::NowhereToSay)?.name.clone())
    }

    fn topic(&mut self, topic: Option<String>) -> Result<(), Phrase> {
        let room = self.room_here()?;
        match topic {
            Some(topic) => self.ask(&["TOPIC", &room, &topic]),
            None => self.ask(&["TOPIC", &room]),
        }
    }
}
