//! An [`Event`] on a server, and how it changes what the window knows of that server.

use jiff::Timestamp;
use teahouse_protocol::Capability;

use crate::event::failure::Failure;
use crate::event::{Event, What};
use crate::model::base::effect::Effect;
use crate::model::conversation::Kind;
use crate::model::network::Network;
use crate::model::network::parts::inquiries::WhoQuestion;
use crate::model::network::parts::link::Link;
use crate::text::i18n::Text;

impl Network {
    /// Takes in an event.
    pub(in crate::model) fn apply(&mut self, event: Event) {
        if self.is_unheard(&event.what) {
            return;
        }
        let at = self.common.clock.time_of_event(event.time);
        let label = self.deliveries.label_of(&event);
        let label = label.as_deref();
        let Some(what) = self.batches.hold(at, event.time, event.batch.as_deref(), event.what) else {
            return;
        };
        self.times.hear(event.time);
        match what {
            What::Capabilities(capabilities) => {
                self.capabilities = capabilities;
                self.choose_language();
            }
            What::Program(program) => {
                // It says so nowhere else.
                if program.starts_with("teahouse-") {
                    self.features.speaks("en,zh");
                    self.choose_language();
                }
            }
            What::Welcome { nick } => self.welcome(at, &nick),
            What::Account(account) => self.account_is(at, account),
            What::Secured(fingerprint) => self.connection.secured(fingerprint),
            What::Latency(latency) => self.connection.measured(latency),
            What::Ended(failure) => self.ended(at, failure),
            What::Retrying { seconds } => self.connection.will_retry(seconds),
            What::Connecting => self.connecting(),
            What::Pong => {}
            What::Supports(tokens) => self.learn(&tokens),
            What::Said { from, target, manner, words } => self.said(at, label, &from, &target, manner, words),
            What::Typing { from, target, is_typing } => self.typing(&from, &target, is_typing),
            What::Reacted { from, target, to, reaction, is_undone } => {
                self.reacted(&from, &target, &to, &reaction, is_undone);
            }
            What::Redacted { by, target, id, .. } => self.redacted(&by, &target, &id),
            What::Read { target, until } => {
                if let Some(until) = until {
                    self.was_read(&target, until);
                }
            }
            What::Acknowledged => {
                if let Some(label) = label {
                    self.acknowledged(label);
                }
            }
            What::BatchBegins { batch, of } => self.batches.begin(batch, of),
            What::BatchEnds { batch } => self.batch_ends(&batch),
            What::TalkedWith { target } => self.talked_with(&target),
            What::NoHistory { about } => self.no_past(&about),
            What::Joined { who, room } => self.joined(at, who, &room),
            What::Left { who, room, reason } => self.left(at, &who, &room, &reason),
            What::Kicked { who, by, room, reason } => self.kicked(at, &who, &by, &room, &reason),
            What::Quit { who, reason } => self.somebody_quit(at, &who, &reason),
            What::Renamed { from, to } => self.renamed(at, &from, &to),
            What::Topic { room, by, topic } => self.topic_is(at, &room, by, topic),
            What::Names { room, people } => {
                self.inquiries.names_come(self.fold(&room), people);
            }
            What::NamesEnd { room } => self.names_end(at, &room),
            What::Mode { by, target, modes, args } => self.mode(at, &by, &target, &modes, &args),
            What::Registered { account } => self.registered(at, &account),
            What::Away { who, away } => self.mark_away(&who, away),
            What::IsAway { who, reason } => {
                self.notice_about(at, Some(&who), Text::IsAway.with([&who, &reason]));
            }
            What::MarkedAway(away) => {
                self.identity.set_away(away);
                let text = if away { Text::NowAway } else { Text::NoLongerAway };
                self.notice_about(at, None, text.into());
            }
            What::WhoRow { nick, away } => self.inquiries.who_row(nick, away),
            What::WhoEnd => self.who_end(at),
            What::RoomRow { room, people, topic } => self.inquiries.room_row(&room, &people, &topic),
            What::RoomListEnd => {
                if let Some((id, rows)) = self.inquiries.rooms_end() {
                    self.notice(Some(id), at, rows);
                }
            }
            What::Motd(line) => self.inquiries.motd_line(&line),
            What::MotdEnd => {
                let (was_greeting, motd) = self.inquiries.motd_end();
                if was_greeting {
                    self.ask_who_wrote(self.times.stamp_or(at));
                }
                if !motd.is_empty() {
                    self.notice(self.here(), at, motd);
                }
            }
            What::Invited { by, who, room } => {
                if self.same(&who, self.me()) {
                    self.invited(at, &by, &room);
                } else {
                    self.notice_about(at, None, Text::Inviting.with([&who, &room]));
                }
            }
            What::Forwarded { from, to } => self.forwarded(at, &from, &to),
            What::Whois { nick, fact } => {
                if !self.inquiries.add_fact(self.features.case_mapping, &nick, &fact) {
                    self.notice_about(at, None, fact);
                }
            }
            What::WhoisEnd { nick } => self.inquiries.complete_card(self.features.case_mapping, &nick),
            What::Answer(phrase) => self.notice_about(at, None, phrase),
            What::Refused { about, phrase } => {
                if let Some(room) = &about {
                    let room = self.fold(room);
                    self.joining.answered(&room);
                }
                let is_search = phrase == Text::UnknownToServer.with(["SEARCH"]);
                let is_told = is_search && self.search_refused(true);
                let is_told = is_told
                    || self.was_refused(at, label, about.as_deref(), &phrase)
                    || about.as_deref().is_some_and(|room| self.kept_out(at, room, &phrase));
                if !is_told {
                    self.notice_about(at, about.as_deref(), phrase);
                }
            }
            What::SearchRefused(phrase) => {
                if !self.search_refused(false) {
                    self.notice_about(at, None, phrase);
                }
            }
            What::LongRefused(phrase) => {
                if !self.long_was_refused(at, label, &phrase) {
                    self.notice_about(at, None, phrase);
                }
            }
            What::Statistics(text) => {
                if !self.inquiries.is_greeting() {
                    self.notice_about(at, None, Text::FromServer.with([&text]));
                }
            }
        }
    }

    fn welcome(&mut self, at: Timestamp, nick: &str) {
        self.connection.welcomed();
        self.times.welcomed(at);
        self.inquiries.greet();
        self.spoken = None;
        self.identity.rename(nick);
        self.identity.begin_diary(&self.profile);
        if !self.profile.server_password.is_empty() && self.profile.password.is_empty() {
            self.keep_password();
        }
        self.effects.push(Effect::Remember(Box::new(self.profile.clone())));
        for conversation in self.conversations.iter_mut() {
            conversation.joined |= conversation.kind != Kind::Room;
        }
        self.ensure_conversation();
        self.choose_language();
        let mut phrases = vec![Text::LoggedIn.with([self.me()])];
        phrases.extend(self.account().map(|account| Text::AccountIs.with([account])));
        self.notice(self.here(), at, phrases);
        let mut rejoined = Vec::new();
        for conversation in self.conversations.iter_mut().filter(|it| it.rejoin) {
            conversation.rejoin = false;
            rejoined.push((conversation.name.clone(), conversation.key.clone()));
        }
        for (room, key) in &rejoined {
            self.send_join(room, key.as_deref());
        }
        for room in self.joining.take_coming() {
            if !rejoined.iter().any(|(name, _)| self.same(name, &room.name)) {
                let key = room.key.map(|key| key.reveal().to_owned());
                self.send_join(&room.name, key.as_deref());
                self.joining.ask(self.fold(&room.name), key);
            }
        }
        self.register_if_wanted(at);
        let private = self.conversations().iter().filter(|it| it.kind == Kind::Private).map(|it| it.id);
        for id in private.collect::<Vec<_>>() {
            self.catch_up(id);
        }
    }

    /// Asks the server to speak the window's language, where it can; once, until the window's language is another.
    pub(in crate::model) fn choose_language(&mut self) {
        if let Some(list) = self.capabilities.get(&Capability::Languages) {
            self.features.speaks(list);
        }
        if self.link() != Link::Up || self.spoken == Some(self.common.language) {
            return;
        }
        if let Some(code) = self.features.language(self.common.language).map(str::to_owned) {
            self.spoken = Some(self.common.language);
            self.send(&["LANGUAGE", &code]);
        }
    }

    /// A change of account. Before the welcome there is nowhere to say it; the welcome does then.
    fn account_is(&mut self, at: Timestamp, account: Option<String>) {
        if self.link() == Link::Up && self.account() != account.as_deref() {
            let phrase = account.as_ref().map_or(Text::AccountGone.into(), |it| Text::AccountIs.with([it]));
            self.notice_about(at, None, phrase);
        }
        if account.is_some() {
            self.keep_password();
        }
        self.identity.set_account(account);
        if self.link() == Link::Up {
            self.identity.begin_diary(&self.profile);
        }
    }

    /// The connection is being made again. If that is no longer the right way, it is made anew.
    fn connecting(&mut self) {
        if self.link() == Link::Up {
            // The server asked us to come by TLS, and was left at once.
            self.disconnected();
        }
        if self.connection.is_wrong() {
            self.connect_anew();
        } else {
            self.begin();
        }
    }

    fn ended(&mut self, at: Timestamp, failure: Failure) {
        let was_up = self.link() == Link::Up;
        self.disconnected();
        if was_up {
            let ids: Vec<_> = self.conversations().iter().map(|it| it.id).collect();
            for id in ids {
                self.notice(Some(id), at, vec![failure.phrase(), Text::LostConnection.into()]);
            }
        }
        self.connection.fail(failure);
    }

    fn learn(&mut self, tokens: &[(String, String)]) {
        for (name, value) in tokens {
            self.features.learn(name, value);
        }
        self.choose_language();
        let place = self.place().to_owned();
        if let Some(server) = self.conversations.of_server() {
            server.name = place;
        }
    }

    fn who_end(&mut self, at: Timestamp) {
        let Some(mut question) = self.inquiries.who_end() else { return };
        for (nick, away) in &question.people {
            self.mark_away(nick, *away);
        }
        if question.asked_in.is_none() {
            return;
        }
        if question.people.is_empty() && question.instead.is_some() {
            let room = question.instead.take();
            self.ask_who(WhoQuestion { room, ..question });
        } else {
            self.notice(question.asked_in, at, vec![question.answer(self.features.case_mapping)]);
        }
    }
}
