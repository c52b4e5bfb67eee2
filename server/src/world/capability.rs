//! Capabilities: what a client can ask for beyond the RFC
//! ([IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation)).

/// Declares the capabilities once: a name in the code, a name on the wire, a bit.
macro_rules! capabilities {
    ($($(#[$meta:meta])* $name:ident = $wire:literal;)*) => {
        /// Something a client can ask for by CAP REQ.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u32)]
        pub enum Capability {
            $($(#[$meta])* $name),*
        }

        impl Capability {
            /// All of them, with their names on the wire.
            pub const ALL: &[(Self, &str)] = &[$((Self::$name, $wire)),*];
        }
    };
}

capabilities! {
    /// The client hears of people in its rooms who log in to an account, or out.
    AccountNotify = "account-notify";
    /// Every line says the account of the person it comes from.
    AccountTag = "account-tag";
    /// The client hears of people in its rooms who go away or come back.
    AwayNotify = "away-notify";
    /// Lines that belong together are marked as such.
    Batch = "batch";
    /// The client hears of capabilities that come and go; always on for a client that asked with version 302.
    CapNotify = "cap-notify";
    /// The client hears of a changed user name or host instead of a QUIT and a JOIN.
    ChgHost = "chghost";
    /// The client can open an account by REGISTER.
    AccountRegistration = "draft/account-registration";
    /// The client hears of a renamed channel instead of a PART and a JOIN.
    ChannelRename = "draft/channel-rename";
    /// The client can ask for what was said before.
    ChatHistory = "draft/chathistory";
    /// The history has what was done beside what was said.
    EventPlayback = "draft/event-playback";
    /// The server says what it can do before the login ends, and in a batch.
    ExtendedISupport = "draft/extended-isupport";
    /// Speakers can take back what they said.
    MessageRedaction = "draft/message-redaction";
    /// A message may have several lines.
    Multiline = "draft/multiline";
    /// The same as no-implicit-names, by the name that it had as a draft.
    DraftNoImplicitNames = "draft/no-implicit-names";
    /// The client may say AWAY before the login ends.
    PreAway = "draft/pre-away";
    /// The client hears how far its user has read on any device.
    ReadMarker = "draft/read-marker";
    /// The client gets its own messages back.
    EchoMessage = "echo-message";
    /// A JOIN says the account and the real name.
    ExtendedJoin = "extended-join";
    /// The notifications of shared rooms come for monitored names too.
    ExtendedMonitor = "extended-monitor";
    /// The client hears of an INVITE to a room where its user is half operator or higher.
    InviteNotify = "invite-notify";
    /// Answers carry the label of the question.
    LabeledResponse = "labeled-response";
    /// Tags: message identifiers, and whatever clients say to each other behind a `+`.
    MessageTags = "message-tags";
    /// NAMES and WHO show every prefix of a member, not the highest only.
    MultiPrefix = "multi-prefix";
    /// No list of names comes with a JOIN.
    NoImplicitNames = "no-implicit-names";
    /// The client can log in to an account by AUTHENTICATE.
    Sasl = "sasl";
    /// Every line says when it was sent.
    ServerTime = "server-time";
    /// The client can change its real name, and hears of others' changes.
    SetName = "setname";
    /// Errors that no numeric has come as FAIL, WARN and NOTE.
    StandardReplies = "standard-replies";
    /// NAMES shows user name and host of each member.
    UserhostInNames = "userhost-in-names";
}

/// A set of capabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(u32);

impl Capabilities {
    /// Whether a capability is on.
    pub fn has(self, capability: Capability) -> bool {
        self.0 & (1 << capability as u32) != 0
    }

    pub(crate) fn set(&mut self, capability: Capability, on: bool) {
        let bit = 1 << capability as u32;
        if on {
            self.0 |= bit;
        } else {
            self.0 &= !bit;
        }
    }
}
