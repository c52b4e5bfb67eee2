//! What the server said of itself in 005 ([Modern IRC, "RPL_ISUPPORT"](https://modern.ircdocs.horse/#feature-advertisement)).

use teahouse_protocol::{CaseMapping, Rank};

use crate::text::i18n::Language;

/// The features that make a difference to the window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Features {
    /// How names are compared.
    pub case_mapping: CaseMapping,
    /// The network's name for itself, empty if it does not say.
    pub network: String,
    /// The languages that the server speaks, as far as it says so.
    pub languages: Vec<String>,
    /// How many messages from before the server gives at a time, if it says so.
    pub history_limit: Option<usize>,
    /// Modes of rank and their signs, the highest first: `('o', '@')`.
    pub ranks: Vec<(char, char)>,
    /// Tags of clients that the server does not pass on; `*` for all but those with a `-` before them.
    denied_tags: String,
    /// Modes of a room that come with a parameter: always, and only when they are set.
    modes_with_arg: (String, String),
}

impl Default for Features {
    /// These hold for a server that says nothing (RFC 2812 and 1459).
    fn default() -> Self {
        Self {
            case_mapping: CaseMapping::Rfc1459,
            network: String::new(),
            languages: Vec::new(),
            history_limit: None,
            ranks: [Rank::Operator, Rank::Voice].map(|rank| (rank.letter(), rank.prefix())).to_vec(),
            denied_tags: String::new(),
            modes_with_arg: ("beIk".to_owned(), "l".to_owned()),
        }
    }
}

impl Features {
    /// Takes in a token of 005. Unknown names and malformed values change nothing.
    pub fn learn(&mut self, name: &str, value: &str) {
        match name {
            "CASEMAPPING" => {
                // A mapping that no document describes still has A–Z in it.
                self.case_mapping = CaseMapping::from_token(value).unwrap_or(CaseMapping::Ascii);
            }
            "CLIENTTAGDENY" => value.clone_into(&mut self.denied_tags),
            // Zero is no limit.
            "CHATHISTORY" => self.history_limit = value.parse().ok().filter(|limit| *limit > 0),
            "LANGUAGE" => self.speaks(value),
            "NETWORK" => value.clone_into(&mut self.network),
            "PREFIX" => {
                if let Some((modes, signs)) = value.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
                    self.ranks = modes.chars().zip(signs.chars()).collect();
                }
            }
            "CHANMODES" => {
                let mut groups = value.split(',');
                let (lists, always) = (groups.next().unwrap_or(""), groups.next().unwrap_or(""));
                self.modes_with_arg = (format!("{lists}{always}"), groups.next().unwrap_or("").to_owned());
            }
            _ => {}
        }
    }

    /// Takes in which languages the server speaks: `en,zh`, perhaps behind how many a client may choose, and `~` before
    /// those that are not finished ([draft/languages](https://github.com/ircv3/ircv3-specifications/pull/180)).
    pub fn speaks(&mut self, list: &str) {
        let codes = list.split(',').map(|code| code.trim_start_matches('~'));
        let codes = codes.filter(|code| code.chars().any(char::is_alphabetic));
        self.languages = codes.map(str::to_owned).collect();
    }

    /// The server's code for a language, if it speaks it: `zh`, or one of its kind, such as `zh-CN`.
    pub fn language(&self, language: Language) -> Option<&str> {
        let code = language.code();
        let is_kind = |it: &&String| it.strip_prefix(code).is_some_and(|rest| rest.starts_with(['-', '_']));
        let found = self.languages.iter().find(|it| *it == code);
        found.or_else(|| self.languages.iter().find(is_kind)).map(String::as_str)
    }

    /// Whether the server passes on this tag of clients, named with its `+`
    /// ([message-tags, "CLIENTTAGDENY"](https://ircv3.net/specs/extensions/message-tags#rpl_isupport-tokens)).
    pub fn allows_tag(&self, tag: &str) -> bool {
        let tag = tag.trim_start_matches('+');
        let entries = || self.denied_tags.split(',');
        let is_excepted = || entries().any(|entry| entry.strip_prefix('-') == Some(tag));
        !entries().any(|entry| entry == tag) && (!entries().any(|entry| entry == "*") || is_excepted())
    }

    /// The signs of rank before a name in NAMES, and the name.
    pub fn split_signs<'a>(&self, person: &'a str) -> (&'a str, &'a str) {
        let signs = person.find(|c| !self.ranks.iter().any(|(_, sign)| *sign == c)).unwrap_or(person.len());
        person.split_at(signs)
    }

    /// The changes of rank in a room's mode change: `(added, mode's sign, whose)`.
    pub fn rank_changes<'a>(&self, modes: &str, args: &'a [String]) -> Vec<(bool, char, &'a str)> {
        let (always, when_set) = &self.modes_with_arg;
        let mut args = args.iter();
        let mut adding = true;
        let mut changes = Vec::new();
        for mode in modes.chars() {
            match mode {
                '+' => adding = true,
                '-' => adding = false,
                _ => {
                    if let Some((_, sign)) = self.ranks.iter().find(|(letter, _)| *letter == mode) {
                        changes.extend(args.next().map(|nick| (adding, *sign, nick.as_str())));
                    } else if always.contains(mode) || (adding && when_set.contains(mode)) {
                        args.next();
                    }
                }
            }
        }
        changes
    }

    /// `signs` with `sign` added or taken away, the highest first.
    pub fn change_signs(&self, signs: &str, sign: char, add: bool) -> String {
        let has = |wanted: char| if wanted == sign { add } else { signs.contains(wanted) };
        self.ranks.iter().map(|(_, sign)| *sign).filter(|sign| has(*sign)).collect()
    }
}

#[cfg(test)]
mod tests {
    use teahouse_protocol::tags;

    use super::*;

    #[test]
    fn a_server_that_says_nothing_has_operators_and_voices() {
        let features = Features::default();
        assert_eq!(features.split_signs("@+小明"), ("@+", "小明"));
        assert_eq!(features.split_signs("小明"), ("", "小明"));
        assert_eq!(features.split_signs("@"), ("@", ""));
    }

    #[test]
    fn ranks_are_read_from_005() {
        let mut features = Features::default();
        features.learn("PREFIX", "(qaohv)~&@%+");
        features.learn("NETWORK", "Teahouse");
        features.learn("CASEMAPPING", "ascii");
        features.learn("PREFIX", "nonsense");
        assert_eq!(features.split_signs("~@root"), ("~@", "root"));
        assert_eq!(features.change_signs("@", '~', true), "~@");
        assert_eq!(features.change_signs("~@", '~', false), "@");
        assert_eq!(features.network, "Teahouse");
        assert_eq!(features.case_mapping, CaseMapping::Ascii);
    }

    #[test]
    fn tags_of_clients_may_be_denied_one_by_one_or_all_but_some() {
        let mut features = Features::default();
        assert!(features.allows_tag(tags::TYPING));
        features.learn("CLIENTTAGDENY", "typing,draft/react");
        assert!(!features.allows_tag(tags::TYPING) && features.allows_tag(tags::DRAFT_REPLY));
        features.learn("CLIENTTAGDENY", "*,-typing");
        assert!(features.allows_tag(tags::TYPING) && !features.allows_tag(tags::REACT));
    }

    #[test]
    fn modes_with_parameters_do_not_shift_whose_rank_changes() {
        let features = Features::default();
        let args = ["*!*@bad", "alice", "5", "bob"].map(str::to_owned);
        assert_eq!(features.rank_changes("+bol-v", &args), [(true, '@', "alice"), (false, '+', "bob")]);
        assert_eq!(features.rank_changes("-lo", &["alice".to_owned()]), [(false, '@', "alice")]);
        assert_eq!(features.rank_changes("+o", &[]), []);
    }
}
