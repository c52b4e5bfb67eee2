//! What a person can do in the window. Widgets say it, and the [controller](super::controller) does it.

use crate::config::settings::{Notify, Row};
use crate::model::{ConversationId, NetworkId, Order};
use crate::ui::edit::Edit;

/// Something that a person did in the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Log in with what stands in the form.
    LogIn,
    /// The same, or give up the login that is under way.
    LogInOrGiveUp,
    /// Connect again, to the network in front.
    Reconnect,
    /// Give up connecting to the network in front.
    StopConnecting,
    /// Connect to a network again.
    ConnectAgain(NetworkId),
    /// End the connection to a network; its conversations stay.
    Disconnect(NetworkId),
    /// Leave a network for good.
    LeaveNetwork(NetworkId),
    /// Send what is written in the composer.
    Send,
    /// Something was written in the composer.
    Composed,
    /// Choose another cell of the board over the transcript.
    PickerStep {
        /// So many to the right.
        columns: isize,
        /// So many down.
        rows: isize,
    },
    /// Take the cell that is chosen.
    Pick,
    /// Show the grid of emoji, or take it away.
    ToggleEmoji,
    /// Write what was sent before this, or after it.
    Recall(isize),
    /// Make what is selected bold, italic or underlined, by this code.
    Style(char),
    /// Show what can be done in a field.
    AskField,
    /// Do it.
    Edit(Edit),
    /// Several lines were pasted: ask first.
    AskToPaste(String),
    /// Away with whatever lies over the composer or belongs to what is written, the newest first.
    Escape,
    /// What is written next answers nothing after all.
    StopReply,
    /// Take the keyboard to the next message below, or above.
    MoveCursor(i64),
    /// Show what can be done with the message that the keyboard has gone to.
    AskCursor,
    /// Look for words.
    OpenSearch,
    /// What is looked for is another.
    SearchTyped,
    /// Go to the next place below, or above.
    SearchGo(isize),
    /// Look for the words in what is older than what is here.
    SearchFurther,
    /// Look for nothing.
    CloseSearch,
    /// Some time has passed.
    Tick,
    /// Complete the name before the caret.
    Complete {
        /// The suggestion before instead of the next.
        backwards: bool,
    },
    /// Move the transcript by this many views.
    ScrollPages(i32),
    /// Copy what is selected in the transcript.
    CopySelection,
    /// A part of a message was clicked.
    Touch {
        /// The number of its line.
        line: u64,
        /// Which part.
        zone: Zone,
    },
    /// What is written next answers the message in this line.
    Reply(u64),
    /// Put an emoji below the message in this line, or take it away.
    React(u64, String),
    /// Take the message in this line back.
    TakeBack(u64),
    /// Show what can be done with a message.
    AskMessage {
        /// The number of its line.
        line: u64,
        /// The address under the mouse.
        link: Option<String>,
    },
    /// Bring a conversation to the front.
    SelectConversation(ConversationId),
    /// Bring the conversation to the front that was looked at last on this network.
    SelectNetwork(NetworkId),
    /// Bring the next conversation to the front, or the one before.
    SelectBeside(isize),
    /// Bring the conversation with this place in the list to the front.
    SelectNumbered(usize),
    /// Open the card in which the user types where to go.
    OpenSwitcher,
    /// Something was typed in it.
    Switching,
    /// Go there and take the card away.
    Switch(ConversationId),
    /// Take the card away.
    CloseSwitcher,
    /// Bring the next conversation with something unread to the front.
    SelectUnread,
    /// Give the keyboard to the next part of the window.
    NextPane {
        /// The part before instead of the next.
        backwards: bool,
    },
    /// Show what can be done with a conversation.
    AskConversation(ConversationId),
    /// Leave or close a conversation.
    CloseConversation(ConversationId),
    /// Show what can be done with a network.
    AskNetwork(NetworkId),
    /// Go to the saved server with this number.
    OpenProfile(usize),
    /// Show what can be done with it.
    AskProfile(usize),
    /// Show by what a network's server is known.
    ShowCertificate(NetworkId),
    /// Forget that, and ask anew.
    ForgetCertificate(NetworkId),
    /// The same of the saved server with this number.
    ForgetCertificateOf(usize),
    /// TLS was ticked in the login form, or the tick taken away.
    SwitchTls,
    /// Show the login form, for one more server.
    AddServer,
    /// Go back to the conversations from the login form or the settings, and there to the composer.
    GoBack,
    /// Open a private conversation with somebody.
    OpenPrivate(String),
    /// Show what can be done with a member.
    AskMember(String),
    /// Ask the server who somebody is.
    AskWhois(String),
    /// Hear no more of somebody, or hear them again.
    Ignore {
        /// The person.
        nick: String,
        /// Not to be heard, or again.
        ignore: bool,
    },
    /// Do something about somebody in the room in front.
    KeepOrder {
        /// The person.
        nick: String,
        /// What.
        order: Order,
    },
    /// Show what the user can do about themselves, and with the window.
    AskMe,
    /// Be marked as away, or as back.
    SetAway(bool),
    /// Write somebody's name into the composer.
    Mention(String),
    /// 获取在线用户列表
    AskOnline,
    /// 清除消息框
    Clear,
    /// The menu is gone, whatever was chosen.
    MenuClosed,
    /// What the room is about has been read.
    TopicClosed,
    /// Show or hide 报文.
    ToggleWire,
    /// Show 报文 of this network.
    ShowWire(NetworkId),
    /// Empty it.
    ClearWire,
    /// Show or hide the member list.
    ToggleMembers,
    /// Show the settings.
    OpenSettings,
    /// Go back from them.
    CloseSettings,
    /// Change a setting.
    Change(Change),
    /// Show a section of the settings.
    ShowSettings(Section),
    /// Show the page of a saved server.
    EditProfile(usize),
    /// Show the page of a server that is not saved yet.
    NewProfile,
    /// Show the page of a copy of a saved server.
    CopyProfile(usize),
    /// Move a saved server so many places down the list.
    MoveProfile(usize, isize),
    /// Ask whether to remove a saved server.
    RemoveProfile(usize),
    /// Something else stands on the page of a saved server.
    ProfileTyped,
    /// TLS was ticked there, or the tick taken away.
    SwitchProfileTls,
    /// Believe the certificate whose fingerprint was typed there.
    AddPin,
    /// Believe the certificate with this number no longer.
    ForgetPin(usize),
    /// Save what stands there.
    SaveProfile,
    /// Go back from there.
    LeaveProfile,
    /// Let the desktop tell of something else in this conversation; nothing for what holds everywhere.
    NotifyIn(ConversationId, Option<Notify>),
    /// Join this room at each login, or no longer.
    JoinAtLogin(ConversationId, bool),
    /// Day or night.
    SwitchShade,
    /// 中文 or English.
    SwitchLanguage,
    /// The window has another size, or another place.
    Resized,
    /// The window stands still: keep where.
    KeepPlace,
    /// The window is to be closed: ask first.
    AskToClose,
    /// Yes, to what the dialog asks.
    Agree,
    /// No, to what the dialog asks.
    Decline,
    /// Open an address; an address that is not of the web is asked about first.
    Open(String),
    /// Put a text on the clipboard.
    Copy(String),
}

/// Something to change on the settings page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Have the option with this number hold in this row.
    Set(&'static Row, usize),
    /// The next face (1), the one before (-1), or the best (0).
    Font(isize),
    /// Larger (1), smaller (-1), or as it was meant (0).
    Size(isize),
    /// Whether to connect to the saved server with this number at the start.
    ConnectAtStart(usize, bool),
}

/// A part of the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Section {
    /// What holds everywhere.
    #[default]
    General,
    /// The saved servers.
    Servers,
    /// What the keys do.
    Keys,
}

impl Section {
    /// All of them, from the left.
    pub const ALL: [Self; 3] = [Self::General, Self::Servers, Self::Keys];
}

/// A part of an item that does something when it is clicked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Zone {
    /// An address, and where it leads.
    Link(String),
    /// Shows all of it, or the short form.
    Fold,
    /// Goes to the message with this number.
    Quote(u64),
    /// Agrees, or no longer does.
    Reaction(String),
    /// Sends it again.
    Retry,
}
