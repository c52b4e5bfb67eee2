//! What the widgets show of the model: the model's state in, rows and items out.

use crate::config::fingerprint::Fingerprint;
use crate::config::profile::Profile;
use crate::config::settings::SendKey;
use crate::event::Manner;
use crate::model::assist::suggest;
use crate::model::network::wire;
use crate::model::offers::Banner;
use crate::model::{
    self, Conversation, ConversationId, Delivery, Group, Kind, Link, Model, Network, Stranger,
};
use crate::text::i18n::{Language, Text};
use crate::text::unseen;
use crate::ui::overlays::banner;
use crate::ui::overlays::dialog::{Question, Tone};
use crate::ui::views::chat::Words;
use crate::ui::views::composer;
use crate::ui::views::lists::ListKey;
use crate::ui::views::transcript::{Body, Fold, Item, Note, Quote, Reaction};
use crate::ui::views::wire::WireRow;
use crate::ui::widgets::rows::{Entry, Picture, Presence, Row};

/// Counts above this are shown as this and a `+`.
const MOST_COUNTED: u32 = 99;

/// The conversation list, and which row is selected.
pub fn conversation_rows(model: &Model) -> (Vec<Row<ListKey>>, Option<ListKey>) {
    let mut rows = Vec::new();
    for network in model.networks() {
        rows.push(Row::Heading {
            key: Some(ListKey::Network(network.id())),
            text: network.place().to_owned(),
            dot: Some(link_presence(network)),
        });
        let conversations = network.conversations().iter();
        rows.extend(conversations.map(|conversation| Row::Entry(conversation_row(network, conversation))));
    }
    rows.extend(profile_rows(model));
    (rows, model.current().map(|current| ListKey::Conversation(current.id())))
}

/// Conversations that fit what is typed in the switcher, the best first. With several servers each row names its own.
pub fn switcher_rows(model: &Model, typed: &str) -> Vec<(ConversationId, Row<ConversationId>)> {
    let several = model.networks().count() > 1;
    let found = model.search_conversations(typed).into_iter();
    let row = |(network, conversation): (&Network, &Conversation)| {
        let entry = conversation_row(network, conversation);
        let text = if several { format!("{} — {}", entry.text, network.place()) } else { entry.text };
        let Entry { picture, badge, is_strong, is_faded, .. } = entry;
        let key = conversation.id();
        (key, Row::Entry(Entry { key, text, picture, badge, is_strong, is_faded }))
    };
    found.map(row).collect()
}

/// The saved servers that the user is not on, below a heading; nothing if there are none.
pub fn profile_rows(model: &Model) -> Vec<Row<ListKey>> {
    let entry = |(index, profile): (usize, &Profile)| {
        Row::Entry(Entry {
            key: ListKey::Profile(index),
            text: profile.title().to_owned(),
            picture: Picture::Dot { colour: 0, presence: Presence::Offline },
            badge: None,
            is_strong: false,
            is_faded: true,
        })
    };
    let mut rows: Vec<_> = model.closed_profiles().map(entry).collect();
    if !rows.is_empty() {
        let text = Text::SavedServers.to(model.language()).to_owned();
        rows.insert(0, Row::Heading { key: None, text, dot: None });
    }
    rows
}

fn conversation_row(network: &Network, conversation: &Conversation) -> Entry<ListKey> {
    let name = conversation.name();
    let (text, picture) = match conversation.kind() {
        Kind::Server => (name, Picture::Sign("*")),
        Kind::Room => (name.strip_prefix('#').unwrap_or(name), Picture::Sign("#")),
        Kind::Private => {
            let presence = presence(network.presence(name));
            (name, Picture::Tile { colour: network.colour(name), presence })
        }
    };
    let unread = conversation.unread();
    let count = count_text(unread as usize);
    Entry {
        key: ListKey::Conversation(conversation.id()),
        text: text.to_owned(),
        picture,
        badge: (unread > 0).then_some((count, conversation.mentions() > 0)),
        is_strong: unread > 0,
        is_faded: !conversation.is_live(),
    }
}

/// The member list: those of a rank below a heading with the rank and how many there are.
pub fn member_rows(model: &Model) -> Vec<Row<String>> {
    let Some(network) = model.front() else { return Vec::new() };
    let Some(current) = network.current() else { return Vec::new() };
    let members = current.members().sorted();
    let mut rows = Vec::with_capacity(members.len() + 3);
    for group in members.chunk_by(|one, other| one.group() == other.group()) {
        let heading = group_text(group[0].group()).to(model.language());
        rows.push(Row::Heading { key: None, text: format!("{heading} — {}", group.len()), dot: None });
        rows.extend(group.iter().map(|member| {
            let presence = if member.away { Presence::Away } else { Presence::Online };
            Row::Entry(Entry {
                key: member.nick.clone(),
                text: member.nick.clone(),
                picture: Picture::Dot { colour: network.colour(&member.nick), presence },
                badge: None,
                is_strong: false,
                is_faded: member.away,
            })
        }));
    }
    rows
}

/// What the members of a group are called.
pub fn group_text(group: Group) -> Text {
    match group {
        Group::Operators => Text::Operators,
        Group::Voiced => Text::Voiced,
        Group::Members => Text::Members,
    }
}

/// How well we are connected: `Connected • TLS • 23 ms`.
fn standing(network: &Network, language: Language) -> String {
    let account = network.account().map(|account| Text::AccountNamed.with([account]).to(language));
    let mut parts = vec![account.unwrap_or_else(|| Text::Connected.to(language).to_owned())];
    if network.fingerprint().is_some() {
        parts.push("TLS".to_owned());
    }
    parts.push(match network.latency() {
        Some(latency) => format!("{} ms", latency.as_millis().max(1)),
        None => network.place().to_owned(),
    });
    parts.join(" • ")
}

/// The words of the chat view.
pub fn words(model: &Model) -> Words {
    let language = model.language();
    let Some(network) = model.front() else { return Words::default() };
    let (heading, topic) = match network.current() {
        Some(current) => (current.name().to_owned(), current.topic().to_owned()),
        None => (String::new(), String::new()),
    };
    let status = match network.link() {
        Link::Up if network.is_away() => Text::AwayNow.to(language).to_owned(),
        Link::Up => standing(network, language),
        Link::Connecting => Text::Connecting.with([network.place()]).to(language),
        Link::Down => Text::Disconnected.to(language).to_owned(),
    };
    Words {
        heading,
        topic,
        me: network.me().to_owned(),
        my_colour: network.colour(network.me()),
        status,
        presence: Some(if network.is_away() { Presence::Away } else { link_presence(network) }),
        banner: over_transcript(model),
    }
}

/// What stands over the transcript.
fn over_transcript(model: &Model) -> banner::Words {
    let language = model.language();
    let word = |text: Text| Some(text.to(language));
    match (model.banner(), model.front()) {
        (Some(Banner::Offer(id, offer)), front) => {
            let mut text = offer.phrase.to(language);
            if let Some(other) = model.network(id).filter(|other| Some(other.id()) != front.map(Network::id))
            {
                text = format!("{text} — {}", other.place());
            }
            let (yes, no) = match offer.is_invitation {
                true => (Text::JoinRoom, Text::IgnoreOffer),
                false => (Text::JoinAgain, Text::ClosePanel),
            };
            banner::Words { text: Some(text), yes: word(yes), no: word(no) }
        }
        (Some(Banner::Left(phrase)), _) => {
            banner::Words { text: Some(phrase.to(language)), yes: word(Text::JoinAgain), no: None }
        }
        (Some(Banner::Link), Some(network)) => link_banner(network, language),
        (Some(Banner::Link), None) | (None, _) => banner::Words::default(),
    }
}

fn link_banner(network: &Network, language: Language) -> banner::Words {
    let word = |text: Text| Some(text.to(language));
    let soon = network.retry_secs();
    if network.link() == Link::Connecting {
        let text = Text::Connecting.with([network.place()]).to(language);
        return banner::Words { text: Some(text), yes: None, no: word(Text::Cancel) };
    }
    let failure = network.failure().unwrap_or_else(|| Text::Disconnected.into()).to(language);
    let text = match soon {
        Some(seconds) => {
            format!("{failure}\n{}", Text::RetryIn.with([&seconds.to_string()]).to(language))
        }
        None => failure,
    };
    let again = if soon.is_some() { Text::ConnectNow } else { Text::ConnectAgain };
    banner::Words { text: Some(text), yes: word(again), no: soon.and_then(|_| word(Text::Cancel)) }
}

/// The part of it that stands above a page that covers the conversations, too. The state of a connection can wait
/// until they are seen, and so can a room that the user is not in while the user fills in the form.
pub fn over_pages(model: &Model) -> banner::Words {
    match model.banner() {
        Some(Banner::Offer(..)) => over_transcript(model),
        Some(Banner::Left(_)) if model.view() == model::View::Chat => over_transcript(model),
        Some(Banner::Left(_) | Banner::Link) | None => banner::Words::default(),
    }
}

/// What the composer says by itself, with this text in it.
pub fn composer_words(model: &Model, text: &str, send_with: SendKey) -> composer::Words {
    let language = model.language();
    let name = model.current().map_or("", Conversation::name);
    let typing = model.typing();
    let hint = match (suggest::usage(text), typing.as_slice()) {
        (Some(usage), _) => usage.to(language).to_owned(),
        (None, []) => Text::ComposerHint.with(send_with.names()).to(language),
        (None, [one]) => Text::OneTypes.with([one]).to(language),
        (None, [one, other]) => Text::SomeType.with([&format!("{one}, {other}")]).to(language),
        (None, _) => Text::ManyType.to(language).to_owned(),
    };
    let quote = model.current().and_then(Conversation::replying).and_then(|reply| reply.quote.as_ref());
    composer::Words {
        placeholder: Text::MessageTo.with([name]).to(language),
        hint,
        refusal: None,
        counter: counter(model.measure(text), language),
        reply: quote.map(|(name, text)| Text::Replying.with([name, text]).to(language)),
    }
}

/// How much more fits, if that is little, or how many messages a text makes, if those are several.
fn counter(measure: Option<(usize, usize)>, language: Language) -> String {
    /// A person with so much room does not think of it.
    const PLENTY: usize = 120;
    match measure {
        Some((count, _)) if count > 1 => Text::MakesMessages.with([&count.to_string()]).to(language),
        Some((1, left)) if left < PLENTY => Text::BytesLeft.with([&left.to_string()]).to(language),
        _ => String::new(),
    }
}

/// Whether to paste a text that makes several messages.
pub fn pasting_question(lines: usize, messages: usize, language: Language) -> Question {
    let question = match messages {
        1 => Text::ReallyPasteAsOne.with([&lines.to_string()]),
        _ => Text::ReallyPaste.with([&messages.to_string()]),
    };
    Question::new(language, Text::PasteTitle, question, [Text::Paste, Text::Cancel], Tone::Plain)
}

/// A line of the conversation in front, as the transcript draws it.
pub fn item_at(model: &Model, number: u64) -> Item {
    let line = model.current().and_then(|current| Some((current, current.line_numbered(number)?)));
    // The transcript asks only for lines that it was told of.
    line.map_or_else(Item::default, |(conversation, line)| item(model, conversation, line, number))
}

/// A line of a conversation, as the transcript draws it.
pub fn item(model: &Model, conversation: &Conversation, line: &model::Line, number: u64) -> Item {
    let language = model.language();
    let text = line.text(language).into_owned();
    let is_new = conversation.first_unread().is_some_and(|first| first.number() == number);
    let mut item = Item {
        time: if model.shows_times() { line.time.clone() } else { String::new() },
        new: is_new.then(|| Text::NewMessages.to(language).to_owned()),
        ..Item::default()
    };
    item.body = match &line.body {
        model::Body::Gone => Body::Nothing,
        model::Body::Day(_) => Body::Day { text },
        model::Body::Notice(_) => Body::Notice { text, fold: None },
        model::Body::Movements(_) if !model.shows_traffic() => Body::Nothing,
        model::Body::Movements(movements) => {
            let fold = if movements.is_unfolded { Fold::Unfolded } else { Fold::Folded };
            Body::Notice { text, fold: movements.can_unfold().then_some(fold) }
        }
        model::Body::Message(message) => {
            if !message.redacted {
                item.spans.clone_from(&message.spans);
            }
            item.quote = message.reply.as_ref().map(|reply| quote(model, conversation, reply));
            item.reactions = reactions(model, message);
            item.note = note(message, language);
            message_body(message, text)
        }
    };
    item
}

fn quote(model: &Model, conversation: &Conversation, reply: &model::Reply) -> Quote {
    let (name, text) = match &reply.quote {
        Some((name, text)) => (name.as_str(), text.as_str()),
        None => ("", Text::AnswersOlder.to(model.language())),
    };
    Quote {
        number: conversation.line_of_message(&reply.id).map(model::LineId::number),
        name: name.to_owned(),
        colour: model.front().map_or(0, |network| network.colour(name)),
        text: text.to_owned(),
    }
}

fn reactions(model: &Model, message: &model::Message) -> Vec<Reaction> {
    let Some(network) = model.front() else { return Vec::new() };
    let is_ours = |people: &[String]| people.iter().any(|person| network.same(person, network.me()));
    let reactions = message.reactions.iter().map(|reaction| Reaction {
        emoji: reaction.emoji.clone(),
        count: reaction.people.len(),
        is_ours: is_ours(&reaction.people),
    });
    reactions.collect()
}

/// What became of a message, where that is not as it should be.
fn note(message: &model::Message, language: Language) -> Option<Note> {
    let Delivery::Failed { why, .. } = &message.delivery else { return None };
    Some(Note { text: Text::SendAgain.of([why.clone()]).to(language), can_retry: true })
}

fn message_body(message: &model::Message, text: String) -> Body {
    if message.manner == Manner::Action && !message.redacted {
        let (name, colour) = (message.from.clone(), message.colour);
        return Body::Action { name, colour, text, is_mention: message.mention };
    }
    Body::Message {
        name: message.from.clone(),
        colour: message.colour,
        text,
        is_first: !message.grouped,
        is_mention: message.mention,
        is_dim: message.manner == Manner::Notice || message.redacted || message.delivery != Delivery::Arrived,
    }
}

/// What the pill above the bottom of the transcript says, if this many messages came below it.
pub fn news(count: usize, language: Language) -> String {
    match count {
        0 => String::new(),
        1 => Text::OneNew.to(language).to_owned(),
        _ => Text::SomeNew.with([&count_text(count)]).to(language),
    }
}

fn count_text(count: usize) -> String {
    if count > MOST_COUNTED as usize { format!("{MOST_COUNTED}+") } else { count.to_string() }
}

/// A line that went over the wire of the network in front.
pub fn wire_row(model: &Model, number: u64) -> Option<WireRow> {
    let line = model.front()?.wire().get(number)?;
    Some(WireRow {
        time: line.at.to_zoned(model.zone().clone()).strftime("%H:%M:%S.%3f").to_string(),
        is_sent: line.is_sent,
        bytes: line.bytes,
        line: unseen::written_out(&line.line).into_owned(),
    })
}

/// What it means.
pub fn wire_explanation(model: &Model, number: u64) -> Option<wire::Explanation> {
    let line = model.front()?.wire().get(number)?;
    Some(wire::explain(line, model.zone(), model.language()))
}

/// What a language is called where there is little room.
pub fn short_name(language: Language) -> &'static str {
    match language {
        Language::Chinese => "中",
        Language::English => "EN",
    }
}

/// The card that says who somebody is.
pub fn card_words(card: &model::Card, language: Language) -> Question {
    let facts: Vec<_> = card.facts.iter().map(|fact| fact.to(language)).collect();
    Question {
        title: card.nick.clone(),
        text: facts.join("\n"),
        yes: Text::ClosePanel.to(language).to_owned(),
        ..Question::default()
    }
}

/// 是否关闭窗口
pub fn closing_question(language: Language) -> Question {
    let answers = [Text::CloseWindow, Text::Cancel];
    let question = Question::new(language, Text::Notice, Text::ReallyClose, answers, Tone::Plain);
    Question { option: Some(Text::DoNotAskAgain.to(language).to_owned()), ..question }
}

/// Whether to open an address that may start any program.
pub fn opening_question(target: &str, language: Language) -> Question {
    let text = Text::ReallyOpen.with([target]);
    Question::new(language, Text::OpenAddress, text, [Text::OpenIt, Text::Cancel], Tone::Plain)
}

/// Asks whether to trust a server that nobody vouches for, or warns of a server that shows another certificate.
pub fn trust_question(stranger: &Stranger, language: Language) -> Question {
    let text = |text: Text| text.to(language).to_owned();
    let host = Text::Verbatim.with([&stranger.host]);
    let shown = in_rows(&stranger.fingerprint);
    if !stranger.can_be_trusted() {
        let known = stranger.known().iter().map(in_rows).collect::<Vec<_>>().join("\n");
        let [known, shown] = [&known, &shown].map(|words| Text::Verbatim.with([words]));
        let (title, words) = if stranger.is_changed() {
            (Text::AnotherCertificate, Text::AnotherCertificateExplained.of([host, known, shown]))
        } else {
            (Text::NotTrusted, Text::NotTrustedExplained.of([host, stranger.reason.phrase(), shown]))
        };
        let (title, yes) = (text(title), text(Text::Understood));
        return Question { title, text: words.to(language), yes, tone: Tone::Warning, ..Question::default() };
    }
    let words = Text::TrustExplained.of([host, stranger.reason.phrase(), Text::Verbatim.with([&shown])]);
    Question::new(language, Text::TrustServer, words, [Text::TrustIt, Text::DoNotConnect], Tone::Careful)
}

/// The dialog about the certificate of a network's server, and why it is believed.
pub fn certificate_words(network: &Network, language: Language) -> Question {
    let fingerprint = network.fingerprint().map(in_rows).unwrap_or_default();
    let is_pinned = !network.profile().tls_fingerprints.is_empty();
    let why = if is_pinned { Text::CertificatePinned } else { Text::CertificateVouchedFor };
    let words = Text::CertificateExplained.of([Text::Verbatim.with([&fingerprint]), why.into()]);
    Question {
        title: network.place().to_owned(),
        text: words.to(language),
        yes: Text::Close.to(language).to_owned(),
        ..Question::default()
    }
}

/// A fingerprint in rows that can be compared row by row.
fn in_rows(fingerprint: &Fingerprint) -> String {
    const ROW: usize = "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:".len();
    let printed = fingerprint.to_string();
    let rows = printed.as_bytes().chunks(ROW).map(|row| String::from_utf8_lossy(row).into_owned());
    rows.collect::<Vec<_>>().join("\n")
}

fn presence(presence: model::Presence) -> Presence {
    match presence {
        model::Presence::Here => Presence::Online,
        model::Presence::Away => Presence::Away,
        model::Presence::Unknown => Presence::Offline,
    }
}

fn link_presence(network: &Network) -> Presence {
    match network.link() {
        Link::Up => Presence::Online,
        Link::Connecting => Presence::Away,
        Link::Down => Presence::Offline,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_more_than_99_is_not_counted_out() {
        assert_eq!([0, 99, 100, 12345].map(count_text), ["0", "99", "99+", "99+"]);
    }
}
