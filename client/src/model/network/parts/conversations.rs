//! Which conversations there are on a network, and which of them is in front.

use std::slice;

use teahouse_protocol::CaseMapping;

use crate::model::base::ids::{ConversationId, NetworkId};
use crate::model::conversation::{Conversation, Kind};

/// The conversations of a network.
pub struct Conversations {
    network: NetworkId,
    /// In the order of the list: the server's, rooms, private ones; each in order of coming.
    list: Vec<Conversation>,
    /// The conversation that is in front while the network is.
    current: Option<ConversationId>,
    next_number: u32,
    /// Whether somebody looks at it: the network is in front, and the window has the keyboard.
    in_sight: bool,
}

impl Conversations {
    /// None yet, on this network.
    pub fn new(network: NetworkId) -> Self {
        Self { network, list: Vec::new(), current: None, next_number: 0, in_sight: false }
    }

    /// All of them, in the order of the list.
    pub fn all(&self) -> &[Conversation] {
        &self.list
    }

    /// The same, to be changed.
    pub fn iter_mut(&mut self) -> slice::IterMut<'_, Conversation> {
        self.list.iter_mut()
    }

    /// A conversation, if it is still open.
    pub fn get(&self, id: ConversationId) -> Option<&Conversation> {
        self.list.iter().find(|conversation| conversation.id == id)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, id: ConversationId) -> Option<&mut Conversation> {
        self.list.iter_mut().find(|conversation| conversation.id == id)
    }

    /// The room or private conversation of this name.
    pub fn find(&self, mapping: CaseMapping, name: &str) -> Option<&Conversation> {
        self.list.iter().find(|it| it.kind != Kind::Server && mapping.same(&it.name, name))
    }

    /// The same, to be changed.
    pub fn find_mut(&mut self, mapping: CaseMapping, name: &str) -> Option<&mut Conversation> {
        self.list.iter_mut().find(|it| it.kind != Kind::Server && mapping.same(&it.name, name))
    }

    /// The server's own conversation, if there is one.
    pub fn of_server(&mut self) -> Option<&mut Conversation> {
        self.list.iter_mut().find(|it| it.kind == Kind::Server)
    }

    /// The rooms that somebody is in, and the private conversation with them.
    pub fn of_person(&self, mapping: CaseMapping, nick: &str) -> Vec<ConversationId> {
        let is_there = |it: &&Conversation| match it.kind {
            Kind::Server => false,
            Kind::Room => it.members.get(mapping, nick).is_some(),
            Kind::Private => mapping.same(&it.name, nick),
        };
        self.list.iter().filter(is_there).map(|it| it.id).collect()
    }

    /// The conversation in front.
    pub fn current(&self) -> Option<ConversationId> {
        self.current
    }

    /// Brings a conversation to the front.
    pub fn turn_to(&mut self, id: ConversationId) {
        self.current = Some(id);
    }

    /// Whether somebody looks at the conversation in front.
    pub fn in_sight(&self) -> bool {
        self.in_sight
    }

    /// Says whether somebody looks at the conversation in front.
    pub fn set_in_sight(&mut self, in_sight: bool) {
        self.in_sight = in_sight;
    }

    /// Whether somebody looks at this conversation.
    pub fn is_looked_at(&self, id: ConversationId) -> bool {
        self.in_sight && self.current == Some(id)
    }

    /// Adds a conversation behind those of its kind. Words in it are heard from now on if `is_joined`.
    pub fn create(&mut self, kind: Kind, name: &str, is_joined: bool) -> ConversationId {
        let id = ConversationId { network: self.network, number: self.next_number };
        self.next_number += 1;
        let mut conversation = Conversation::new(id, kind, name);
        conversation.joined = is_joined;
        let is_private = |kind: Kind| kind == Kind::Private;
        let place = self.list.iter().position(|it| is_private(it.kind) && !is_private(kind));
        self.list.insert(place.unwrap_or(self.list.len()), conversation);
        id
    }

    /// Takes a conversation off the list. Gives its place if it was in front; then none is.
    pub fn remove(&mut self, id: ConversationId) -> Option<usize> {
        let index = self.list.iter().position(|it| it.id == id)?;
        self.list.remove(index);
        self.current.take_if(|current| *current == id).map(|_| index)
    }

    /// The conversation in this place of the list, or the last one.
    pub fn at(&self, place: usize) -> Option<ConversationId> {
        self.list.get(place).or(self.list.last()).map(|it| it.id)
    }
}
