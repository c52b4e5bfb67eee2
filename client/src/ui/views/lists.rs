//! The two lists beside the transcript: conversations, each below its network, and members.

use std::rc::Rc;

use crate::model::{ConversationId, NetworkId};
use crate::ui::widgets::rows::{RowEvent, RowList, Style};
use crate::ui::{Action, UiContext};

/// What the rows of the conversation list stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListKey {
    /// The heading over the conversations of a network.
    Network(NetworkId),
    /// A conversation.
    Conversation(ConversationId),
    /// A saved server that is not among the networks, by its number.
    Profile(usize),
}

/// The list of conversations, empty.
pub fn conversations(ui: &Rc<UiContext>) -> RowList<ListKey> {
    let teller = Rc::clone(ui);
    RowList::new(ui, Style::CONVERSATIONS, move |event| {
        teller.act(match event {
            RowEvent::Chosen(key) | RowEvent::Opened(key) => match key {
                ListKey::Conversation(id) => Action::SelectConversation(id),
                ListKey::Network(id) => Action::SelectNetwork(id),
                ListKey::Profile(index) => Action::OpenProfile(index),
            },
            RowEvent::Asked(key) => match key {
                ListKey::Conversation(id) => Action::AskConversation(id),
                ListKey::Network(id) => Action::AskNetwork(id),
                ListKey::Profile(index) => Action::AskProfile(index),
            },
        });
    })
}

/// The list of members, empty.
pub fn members(ui: &Rc<UiContext>) -> RowList<String> {
    let style = Style {
        ground: |colors| colors.members,
        row_height: |theme| theme.sizes.member_row,
        top_gap: 9,
        group_gap: 0,
        heading_left: 16,
        heading_size: |theme| theme.sizes.tiny,
        picture_center: 20,
        text_left: 34,
    };
    let teller = Rc::clone(ui);
    RowList::new(ui, style, move |event| match event {
        RowEvent::Chosen(_) => {}
        RowEvent::Opened(nick) => teller.act(Action::OpenPrivate(nick)),
        RowEvent::Asked(nick) => teller.act(Action::AskMember(nick)),
    })
}
