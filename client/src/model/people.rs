//! Things to do with other people on the network in front, and the people whom the user hears nothing of anywhere.

use crate::model::Model;
use crate::model::base::effect::Effect;
use crate::model::network::parts::inquiries::Card;
use crate::model::network::people::Order;
use crate::text::i18n::{Phrase, Text};

impl Model {
    /// Asks about a person on the network in front, to be shown as a card.
    ///
    /// # Errors
    /// When there is no connection.
    pub fn ask_card(&mut self, nick: &str) -> Result<(), Phrase> {
        self.front_mut().ok_or(Text::NotConnected)?.ask_card(nick)
    }

    /// Takes the card that was asked for, once all of it is there.
    pub fn take_card(&mut self) -> Option<Card> {
        self.front_mut()?.inquiries.take_card()
    }

    /// Gives an order about somebody in the room in front.
    ///
    /// # Errors
    /// When there is no connection, or no room in front.
    pub fn keep_order(&mut self, nick: &str, order: &Order) -> Result<(), Phrase> {
        self.front_mut().ok_or(Text::NotConnected)?.keep_order(nick, order)
    }

    /// People whom the user does not want to hear: names, or patterns as `*!*@host`.
    pub fn ignored(&self) -> &[String] {
        &self.common.ignored
    }

    /// Says whom the user does not want to hear.
    pub fn set_ignored(&mut self, ignored: Vec<String>) {
        self.change_common(|common| common.ignored = ignored);
    }

    /// Whether somebody stands on the list as they are called.
    pub fn ignores(&self, nick: &str) -> bool {
        let is_same = |one: &String| self.front().map_or(one == nick, |network| network.same(one, nick));
        self.common.ignored.iter().any(is_same)
    }

    /// Puts somebody on the list or takes them off it, and says so. Without a name it tells which people are on it.
    pub(in crate::model) fn ignore(&mut self, who: Option<&str>, ignore: bool) {
        let Some(who) = who else {
            let all = self.common.ignored.join(", ");
            let phrase =
                if all.is_empty() { Text::IgnoringNobody.into() } else { Text::IgnoringAll.with([&all]) };
            return self.say_here(phrase);
        };
        let mut ignored = self.common.ignored.to_vec();
        let is_same = |one: &String| self.front().map_or(one == who, |network| network.same(one, who));
        ignored.retain(|one| !is_same(one));
        let text = if ignore {
            ignored.push(who.to_owned());
            Text::Ignoring
        } else {
            Text::NotIgnoring
        };
        self.set_ignored(ignored);
        self.effects.push(Effect::KeepIgnored(self.common.ignored.to_vec()));
        self.say_here(text.with([who]));
    }

    fn say_here(&mut self, phrase: Phrase) {
        if let Some(network) = self.front_mut() {
            network.notice_here(vec![phrase]);
        }
    }
}
