//! The second view of the window: conversations on the left, what is said in the middle, who is there on the right.
//!
//! It places its parts, draws what lies between them, and shows what it is told; the
//! [controller](crate::ui::controller) tells it.

use std::cell::RefCell;
use std::rc::Rc;

use fltk::group::Group;
use fltk::prelude::*;

use crate::ui::look::fltk_ext;
use crate::ui::look::paint::{Align, Face, Rect};
use crate::ui::look::theme::Theme;
use crate::ui::overlays::banner::{self, Banner};
use crate::ui::overlays::picker::Picker;
use crate::ui::views::composer::Composer;
use crate::ui::views::lists::{self, ListKey};
use crate::ui::views::search::SearchBar;
use crate::ui::views::topic::Topic;
use crate::ui::views::transcript::{ItemAt, Transcript};
use crate::ui::views::wire::{ExplainAt, RowAt, WirePanel};
use crate::ui::widgets::button::{Button, Look};
use crate::ui::widgets::rows::{Presence, RowList};
use crate::ui::{Action, UiContext};

/// The bar below the conversations, with our own name.
const FOOTER_HEIGHT: i32 = 52;
/// The button above it.
const ADD_SERVER_HEIGHT: i32 = 30;
/// With less than this the member list is shown only when somebody asks for it.
const ROOM_FOR_MEMBERS: i32 = 900;
/// In less than this there is no use in saying what a room is about.
const LEAST_TOPIC: i32 = 40;
/// With less than this the conversation list is narrower.
const ROOM_FOR_SIDE: i32 = 700;

/// What the view says by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The name of the conversation.
    pub heading: String,
    /// What it is about.
    pub topic: String,
    /// Our own name.
    pub me: String,
    /// The colour of our own name.
    pub my_colour: usize,
    /// How things stand with the server.
    pub status: String,
    /// The same as a dot.
    pub presence: Option<Presence>,
    /// What stands over the transcript.
    pub banner: banner::Words,
}

/// The view.
#[derive(Clone)]
pub struct ChatView {
    group: Group,
    /// The list on the left.
    pub conversations: RowList<ListKey>,
    /// The list on the right.
    pub members: RowList<String>,
    /// What was said.
    pub transcript: Transcript,
    /// The field for messages.
    pub composer: Composer,
    /// What could be meant by what is written.
    pub picker: Picker,
    /// Looks for words in what was said.
    pub search: SearchBar,
    /// 报文
    pub wire: WirePanel,
    /// 添加服务器
    pub add_server: Button,
    /// 在线用户
    pub online: Button,
    /// 查找
    pub find: Button,
    /// 清屏
    pub clear: Button,
    /// 深色, 浅色
    pub shade: Button,
    /// 成员
    pub people: Button,
    /// Our own name and picture, and behind it what the user can do about themselves.
    pub me: Button,
    /// 中文, English
    pub language: Button,
    /// What the room is about.
    pub topic: Topic,
    /// Over the transcript: what should not be overlooked.
    pub banner: Banner,
    state: Rc<RefCell<State>>,
    ui: Rc<UiContext>,
}

#[derive(Default)]
struct State {
    words: Words,
    /// What somebody asked for; until then it depends on the room there is.
    wants_members: Option<bool>,
    /// Whether the conversation has members at all.
    has_members: bool,
}

/// Where everything is.
struct Places {
    side: Rect,
    add_server: Rect,
    footer: Rect,
    header: Rect,
    banner: Rect,
    transcript: Rect,
    composer: Rect,
    members: Rect,
    wire: Rect,
}

impl ChatView {
    /// An empty chat, inside whatever group is open.
    pub fn new(
        ui: &Rc<UiContext>,
        item_at: Rc<ItemAt>,
        row_at: Rc<RowAt>,
        explain_at: Rc<ExplainAt>,
    ) -> Self {
        let mut group = Group::default();
        group.make_resizable(false);
        let picker = Picker::new(ui);
        let transcript = Transcript::new(ui, item_at, picker.clone());
        let composer = Composer::new(ui, picker.clone());
        let search = SearchBar::new(ui);
        // The keyboard goes to whatever takes it first, and that is to be the composer.
        let conversations = lists::conversations(ui);
        let members = lists::members(ui);
        let quiet = |action| Button::new(ui, Look::Quiet, |colors| colors.page, action);
        let wire = WirePanel::new(ui, row_at, explain_at);
        let view = Self {
            group: group.clone(),
            wire,
            conversations,
            members,
            transcript,
            composer,
            picker,
            search,
            add_server: Button::new(ui, Look::Quiet, |colors| colors.side, Action::AddServer),
            online: quiet(Action::AskOnline),
            find: quiet(Action::OpenSearch),
            clear: quiet(Action::Clear),
            shade: quiet(Action::SwitchShade),
            people: quiet(Action::ToggleMembers),
            me: Button::unseen(ui, Action::AskMe),
            language: Button::new(ui, Look::Quiet, |colors| colors.side, Action::SwitchLanguage),
            banner: Banner::new(ui),
            // Its card lies over everything else.
            topic: Topic::new(ui),
            state: Rc::default(),
            ui: Rc::clone(ui),
        };
        group.end();
        fltk_ext::draw_behind(&view.group, {
            let view = view.clone();
            move || view.draw()
        });
        view
    }

    /// Shows or hides the whole view.
    pub fn set_visible(&self, is_visible: bool) {
        fltk_ext::set_visible(&self.group, is_visible);
    }

    /// Shows these words; says whether anything has to be placed anew.
    pub fn set_words(&self, words: Words, has_members: bool) {
        let mut state = self.state.borrow_mut();
        if state.words == words && state.has_members == has_members {
            return;
        }
        state.words = words;
        state.has_members = has_members;
        self.banner.set_words(state.words.banner.clone());
        drop(state);
        self.place(Rect::of(&self.group));
    }

    /// Shows the member list if it is hidden, and the other way round.
    pub fn toggle_members(&self) {
        let is_shown = self.shows_members();
        self.state.borrow_mut().wants_members = Some(!is_shown);
        self.place(Rect::of(&self.group));
    }

    /// Gives the keyboard to the next part of the window: composer, conversations, members, 报文, and around.
    pub fn next_pane(&self, backwards: bool) {
        let (conversations, members) = (self.conversations.widget(), self.members.widget());
        let mut panes: Vec<(bool, &dyn Fn())> = Vec::new();
        let to_conversations = || self.ui.focus(conversations);
        let to_members = || self.ui.focus(members);
        let to_wire = || self.wire.focus();
        panes.push((conversations.has_focus(), &to_conversations));
        if self.shows_members() {
            panes.push((members.has_focus(), &to_members));
        }
        if self.wire.is_open() {
            panes.push((self.wire.has_focus(), &to_wire));
        }
        let here = panes.iter().position(|(has_focus, _)| *has_focus);
        // From wherever else, as from the composer, it begins at one of the ends.
        let next = match (here, backwards) {
            (None, false) => Some(0),
            (None, true) => Some(panes.len() - 1),
            (Some(here), false) => Some(here + 1),
            (Some(here), true) => here.checked_sub(1),
        };
        match next.and_then(|next| panes.get(next)) {
            Some((_, focus)) => focus(),
            None => self.composer.focus(),
        }
    }

    /// Opens or closes 报文.
    pub fn toggle_wire(&self) {
        let opens = !self.wire.is_open();
        self.wire.set_open(opens);
        self.place(Rect::of(&self.group));
        if opens { self.wire.focus() } else { self.composer.focus() }
    }

    /// Opens the bar that looks for words, and puts the caret into it.
    pub fn open_search(&self) {
        self.search.open();
        self.place(Rect::of(&self.group));
    }

    /// Takes it away.
    pub fn close_search(&self) {
        self.search.hide();
        self.place(Rect::of(&self.group));
        self.composer.focus();
    }

    /// Takes over the theme.
    pub fn restyle(&self) {
        self.composer.restyle();
        self.search.restyle();
        self.transcript.restyle();
        self.place(Rect::of(&self.group));
    }

    /// Puts the view here.
    pub fn place(&self, rect: Rect) {
        self.group.clone().resize(rect.x, rect.y, rect.w, rect.h);
        let places = self.places();
        let add_server = places.add_server;
        self.conversations.place(Rect { h: add_server.y - places.side.y, ..places.side });
        let width = self.add_server.natural_width();
        self.add_server.place(Rect { x: add_server.x + 8, w: width, ..add_server });
        let search = self.search.height();
        let transcript = places.transcript;
        self.search.place(Rect { h: search, ..transcript });
        self.transcript.place(Rect { y: transcript.y + search, h: transcript.h - search, ..transcript });
        self.composer.place(places.composer);
        self.wire.place(places.wire);
        let mut members = self.members.widget().clone();
        if self.shows_members() {
            self.members.place(places.members);
            members.show();
        } else {
            members.hide();
        }

        let mut right = places.header.x + places.header.w - 16;
        let has_members = self.state.borrow().has_members;
        // A narrow window keeps the room for the conversation's name; Ctrl+F looks for words as well.
        let is_wide = rect.w >= ROOM_FOR_SIDE;
        for (button, has_use) in [
            (&self.people, has_members),
            (&self.shade, true),
            (&self.clear, true),
            (&self.find, is_wide),
            (&self.online, true),
        ] {
            button.set_visible(has_use);
            if has_use {
                let width = button.natural_width();
                right -= width;
                button.place(Rect::new(right, places.header.y + (places.header.h - 30) / 2, width, 30));
                right -= 2;
            }
        }
        self.place_topic(places.header);
        let width = self.language.natural_width();
        let footer = places.footer;
        let me = Rect::new(footer.x + 8, footer.y + 5, footer.w - width - 20, footer.h - 9);
        self.me.place(me);
        self.language.place(Rect::new(
            footer.x + footer.w - width - 8,
            footer.y + (footer.h - 28) / 2,
            width,
            28,
        ));
        self.banner.place(places.banner);
        self.group.clone().redraw();
    }

    /// Puts what the room is about between its name and the buttons.
    fn place_topic(&self, header: Rect) {
        let state = self.state.borrow();
        let face = Face::bold(self.ui.theme().sizes.title);
        let heading = self.ui.paint.width(face, &state.words.heading).ceil() as i32;
        let left = header.x + 20 + heading + 16;
        let room = self.online.widget().x() - 12 - left;
        let (topic, width) = if room > LEAST_TOPIC { (state.words.topic.as_str(), room) } else { ("", 0) };
        self.topic.show(topic, Rect { x: left, w: width, ..header }, Rect::of(&self.group));
    }

    fn shows_members(&self) -> bool {
        let state = self.state.borrow();
        state.has_members && state.wants_members.unwrap_or(self.group.w() >= ROOM_FOR_MEMBERS)
    }

    fn places(&self) -> Places {
        let sizes = self.ui.theme().sizes;
        let rect = Rect::of(&self.group);
        let side_width = if rect.w < ROOM_FOR_SIDE { sizes.side_width * 3 / 4 } else { sizes.side_width };
        let members_width = if self.shows_members() { sizes.members_width } else { 0 };
        let side = Rect { w: side_width, ..rect };
        // One pixel between panes is for the line that parts them.
        let middle = Rect::new(rect.x + side_width + 1, rect.y, rect.w - side_width - 1, rect.h);
        let header = Rect { h: sizes.header_height, ..middle };
        let below = Rect::new(middle.x, header.y + header.h + 1, middle.w, middle.h - header.h - 1);
        // Somebody explains what goes over the wire: that needs more room than what is said in the room.
        let wire_height = if self.wire.is_open() { below.h * 11 / 20 } else { 0 };
        let wire = Rect { y: below.y + below.h - wire_height, h: wire_height, ..below };
        let below = Rect { h: below.h - wire_height, ..below };
        let column = Rect { w: below.w - members_width, ..below };
        let banner_height = self.banner.height(column.w);
        let composer_height = self.composer.height() + 8;
        Places {
            side,
            add_server: Rect::new(
                side.x,
                side.y + side.h - FOOTER_HEIGHT - ADD_SERVER_HEIGHT - 6,
                side.w,
                ADD_SERVER_HEIGHT,
            ),
            footer: Rect::new(side.x, side.y + side.h - FOOTER_HEIGHT, side.w, FOOTER_HEIGHT),
            header,
            banner: Rect { h: banner_height, ..column },
            transcript: Rect::new(
                column.x,
                column.y + banner_height,
                column.w,
                column.h - banner_height - composer_height,
            ),
            composer: Rect::new(
                column.x,
                column.y + column.h - composer_height + 8,
                column.w,
                composer_height - 8,
            ),
            members: Rect::new(column.x + column.w + 1, below.y, members_width - 1, below.h),
            wire,
        }
    }

    fn draw(&self) {
        let theme = self.ui.theme();
        let paint = &self.ui.paint;
        let places = self.places();
        let state = self.state.borrow();
        let rect = Rect::of(&self.group);
        paint.fill(rect, theme.colors.page);
        paint.fill(places.side, theme.colors.side);
        paint.fill(Rect::new(places.side.x + places.side.w, rect.y, 1, rect.h), theme.colors.line);
        let header = places.header;
        paint.fill(Rect::new(header.x, header.y + header.h, header.w, 1), theme.colors.line);
        if self.shows_members() {
            paint.fill(places.members, theme.colors.members);
            let edge = Rect::new(places.members.x - 1, places.members.y, 1, places.members.h);
            paint.fill(edge, theme.colors.line);
        }
        self.draw_header(&theme, header, &state.words);
        self.draw_footer(&theme, places.footer, &state.words);
    }

    fn draw_header(&self, theme: &Theme, header: Rect, words: &Words) {
        let paint = &self.ui.paint;
        let end = self.online.widget().x() - 12;
        let left = header.x + 20;
        let heading = Rect::new(left, header.y, end - left, header.h);
        let face = Face::bold(theme.sizes.title);
        paint.label(face, theme.colors.ink, Align::Left, &words.heading, heading);
    }

    fn draw_footer(&self, theme: &Theme, footer: Rect, words: &Words) {
        let paint = &self.ui.paint;
        let colors = theme.colors;
        paint.fill(Rect { h: 1, ..footer }, colors.line);
        let tile = Rect::new(footer.x + 17, footer.y + (footer.h - 32) / 2, 32, 32);
        paint.avatar(tile, &words.me, theme.name_color(words.my_colour), colors.on_accent);
        if let Some(presence) = words.presence {
            let (x, y) = (tile.x + tile.w - 2, tile.y + tile.h - 2);
            paint.disc(x, y, 12, colors.side);
            paint.disc(x, y, 9, presence.color(colors));
        }
        let left = tile.x + tile.w + 10;
        let room = self.language.widget().x() - left - 4;
        let name = Rect::new(left, footer.y + 8, room, 19);
        paint.label(Face::bold(theme.sizes.label), colors.ink, Align::Left, &words.me, name);
        let status = Rect::new(left, footer.y + 27, room, 16);
        paint.label(Face::regular(theme.sizes.tiny), colors.dim, Align::Left, &words.status, status);
    }
}
