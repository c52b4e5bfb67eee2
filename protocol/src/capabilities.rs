//! Capabilities: what a client can ask for beyond the RFC
//! ([IRCv3 capability negotiation](https://ircv3.net/specs/extensions/capability-negotiation)).

/// The server says by this word how it is to be reached over TLS ([IRCv3 STS](https://ircv3.net/specs/extensions/sts)).
/// It stands among the capabilities and cannot be requested, so it is none.
pub const STS: &str = "sts";

/// Declares the capabilities once: a name in the code, a name on the wire.
macro_rules! capabilities {
    ($($(#[$meta:meta])* $name:ident = $wire:literal;)*) => {
        /// Something a client can ask for by CAP REQ; specified [by IRCv3](https://ircv3.net/irc/), drafts as well.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Capability {
            $($(#[$meta])* $name),*
        }

        impl Capability {
            /// All of them, in the order of their names.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// Its name on the wire.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $wire),*
                }
            }
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
    /// The server says in its value which languages it speaks
    /// ([a proposal](https://github.com/ircv3/ircv3-specifications/pull/180)).
    Languages = "draft/languages";
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

impl Capability {
    /// The capability with this name on the wire.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|capability| capability.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_capability_is_found_by_its_name() {
        assert!(Capability::ALL.is_sorted_by_key(|capability| capability.name()));
        for capability in Capability::ALL {
            assert_eq!(Capability::from_name(capability.name()), Some(*capability));
        }
        assert_eq!(Capability::from_name(STS), None);
    }
}
