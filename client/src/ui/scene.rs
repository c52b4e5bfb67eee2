//! What the widgets show of the model: the model's state in, rows and items out.

use crate::event::Manner;
use crate::i18n::{Language, Text};
use crate::model::{self, Conversation, Kind, Link, Model, Rank};
use crate::ui::chat::Words;
use crate::ui::dialog::Question;
use crate::ui::rows::{Entry, Picture, Presence, Row};
use crate::ui::transcript::{Body, Item};

/// Counts above this are shown as this and a `+`.
const MOST_COUNTED: u32 = 99;

/// The conversation list, and which row is selected.
pub fn conversation_rows(model: &Model) -> (Vec<Row>, Option<String>) {
    let mut rows = vec![Row::Heading { text: model.place().to_owned(), dot: Some(link_presence(model)) }];
    rows.extend(
        model.conversations().iter().map(|conversation| Row::Entry(conversation_row(model, conversation))),
    );
    (rows, model.current().map(conversation_key))
}

/// What a conversation is known by in the list: its name, which no other has at that time.
pub fn conversation_key(conversation: &Conversation) -> String {
    conversation.name().to_owned()
}

fn conversation_row(model: &Model, conversation: &Conversation) -> Entry {
    let name = conversation.name();
    let (text, picture) = match conversation.kind() {
        Kind::Server => (name, Picture::Sign("*")),
        Kind::Room => (name.strip_prefix('#').unwrap_or(name), Picture::Sign("#")),
        Kind::Private => {
            (name, Picture::Tile { colour: model.colour(name), presence: presence(model.presence(name)) })
        }
    };
    let unread = conversation.unread();
    let count = if unread > MOST_COUNTED { format!("{MOST_COUNTED}+") } else { unread.to_string() };
    Entry {
        key: conversation_key(conversation),
        text: text.to_owned(),
        picture,
        badge: (unread > 0).then_some((count, conversation.mentions() > 0)),
        is_strong: unread > 0,
        is_faded: !conversation.is_live(),
    }
}

/// The member list: those of a rank below a heading with the rank and how many there are.
pub fn member_rows(model: &Model) -> Vec<Row> {
    let Some(current) = model.current() else { return Vec::new() };
    let members = current.members().sorted();
    let mut rows = Vec::with_capacity(members.len() + 3);
    for group in members.chunk_by(|one, other| one.rank() == other.rank()) {
        let rank = rank_text(group[0].rank()).to(model.language());
        rows.push(Row::Heading { text: format!("{rank} — {}", group.len()), dot: None });
        rows.extend(group.iter().map(|member| {
            let presence = if member.away { Presence::Away } else { Presence::Online };
            Row::Entry(Entry {
                key: member.nick.clone(),
                text: member.nick.clone(),
                picture: Picture::Dot { colour: model.colour(&member.nick), presence },
                badge: None,
                is_strong: false,
                is_faded: member.away,
            })
        }));
    }
    rows
}

/// What the members of a rank are called.
pub fn rank_text(rank: Rank) -> Text {
    match rank {
        Rank::Operator => Text::Operators,
        Rank::Voiced => Text::Voiced,
        Rank::Plain => Text::Members,
    }
}

/// The words of the chat view.
pub fn words(model: &Model) -> Words {
    let language = model.language();
    let (heading, topic) = match model.current() {
        Some(current) => (current.name().to_owned(), current.topic().to_owned()),
        None => (String::new(), String::new()),
    };
    let status = match model.link() {
        Link::Up if model.is_away() => Text::AwayNow.to(language).to_owned(),
        Link::Up => format!("{} • {}", Text::Connected.to(language), model.place()),
        Link::Connecting => Text::Connecting.with([model.place()]).to(language),
        Link::Down => Text::Disconnected.to(language).to_owned(),
    };
    let banner = match model.link() {
        Link::Up => None,
        Link::Connecting => Some(Text::Connecting.with([model.place()]).to(language)),
        Link::Down => {
            let failure = model.failure().unwrap_or_else(|| Text::Disconnected.into());
            Some(failure.to(language))
        }
    };
    Words {
        heading,
        topic,
        me: model.me().to_owned(),
        my_colour: model.colour(model.me()),
        status,
        presence: Some(if model.is_away() { Presence::Away } else { link_presence(model) }),
        banner,
        can_reconnect: model.link() == Link::Down,
    }
}

/// What the composer says while it is empty, and what stands below it.
pub fn composer_words(model: &Model) -> (String, String) {
    let language = model.language();
    let name = model.current().map_or("", Conversation::name);
    (Text::MessageTo.with([name]).to(language), Text::ComposerHint.to(language).to_owned())
}

/// One line of a conversation, as the transcript draws it.
pub fn item(conversation: &Conversation, line: &model::Line, number: u64, language: Language) -> Item {
    let text = line.text(language);
    let body = match &line.body {
        model::Body::Day(_) => Body::Day { text },
        model::Body::Notice(_) => Body::Notice { text },
        model::Body::Message(message) if message.manner == Manner::Action => {
            Body::Action { text, is_mention: message.mention }
        }
        model::Body::Message(message) => Body::Message {
            name: message.from.clone(),
            colour: message.colour,
            text,
            is_first: !message.grouped,
            is_mention: message.mention,
            is_notice: message.manner == Manner::Notice,
        },
    };
    let is_new = conversation.first_unread().is_some_and(|first| first.number() == number);
    Item { time: line.time.clone(), body, new: is_new.then(|| Text::NewMessages.to(language).to_owned()) }
}

/// What a language is called where there is little room.
pub fn short_name(language: Language) -> &'static str {
    match language {
        Language::Chinese => "中",
        Language::English => "EN",
    }
}

/// 是否关闭窗口
pub fn closing_question(language: Language) -> Question {
    let text = |text: Text| text.to(language).to_owned();
    Question {
        title: text(Text::Notice),
        text: text(Text::ReallyClose),
        option: text(Text::DoNotAskAgain),
        yes: text(Text::CloseWindow),
        no: text(Text::Cancel),
    }
}

fn presence(presence: model::Presence) -> Presence {
    match presence {
        model::Presence::Here => Presence::Online,
        model::Presence::Away => Presence::Away,
        model::Presence::Unknown => Presence::Offline,
    }
}

fn link_presence(model: &Model) -> Presence {
    match model.link() {
        Link::Up => Presence::Online,
        Link::Connecting => Presence::Away,
        Link::Down => Presence::Offline,
    }
}
