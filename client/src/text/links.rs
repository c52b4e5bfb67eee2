//! Addresses in a text: where they begin, and where the sentence around them goes on.
//!
//! People write `看（https://example.org/茶）。` and mean the address only. So an address ends at a space and at the
//! punctuation of 汉字; a full stop, a comma or a bracket at its end belongs to the sentence, unless the bracket was
//! opened inside. Letters of any script may stand in it: there are hosts and paths in 汉字. But 汉字 right behind letters
//! of ASCII, as in `https://example.org/a看看`, are the sentence again: a part of a path is in one script. So are 汉字
//! right behind the `/` of a host in ASCII, as in `https://example.org/这个网站很好`: pages are copied with that `/`, and
//! those that are called so at the top of such a host are rare. Elsewhere than in the web they are not: rooms are. And
//! what stands whole between brackets or quotation marks is the address whole.

use std::ops::Range;

use teahouse_protocol::names;

/// An address in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Where it stands, in bytes.
    pub range: Range<usize>,
    /// Where it leads; the same, with a scheme if it has none.
    pub target: String,
}

impl Link {
    /// Whether it leads to a page in the browser; anything else may start any program, and is asked about first.
    pub fn is_web(&self) -> bool {
        is_web(&self.target)
    }
}

/// Whether an address leads to a page in the browser.
pub fn is_web(target: &str) -> bool {
    ["http://", "https://"].iter().any(|scheme| {
        target.get(..scheme.len()).is_some_and(|beginning| beginning.eq_ignore_ascii_case(scheme))
    })
}

/// Every address in `text`, in order.
pub fn find(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    let mut from = 0;
    while let Some(link) = next(text, from) {
        from = link.range.end;
        links.push(link);
    }
    links
}

const WITHOUT_SCHEME: &str = "www.";

/// From here on, characters are of scripts that are written without spaces: 汉字, kana, hangul.
const HANZI: char = '\u{2e80}';

/// The first address that begins at `from` or later.
fn next(text: &str, from: usize) -> Option<Link> {
    let mut search = from;
    loop {
        let rest = &text[search..];
        let colon = rest.find("://").map(|at| search + at);
        let bare = rest.find(WITHOUT_SCHEME).map(|at| search + at);
        let (link, found) = match (colon, bare) {
            (None, None) => return None,
            (Some(colon), bare) if bare.is_none_or(|bare| colon < bare + WITHOUT_SCHEME.len()) => {
                (with_scheme(text, from, colon), colon)
            }
            (_, Some(bare)) => (without_scheme(text, bare), bare),
            (Some(_), None) => return None,
        };
        if link.is_some() {
            return link;
        }
        search = found + "://".len();
    }
}

/// The address whose `://` is at `colon`, if it is one.
fn with_scheme(text: &str, from: usize, colon: usize) -> Option<Link> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    let length: usize =
        text[from..colon].chars().rev().take_while(|c| is_scheme(*c)).map(char::len_utf8).sum();
    let scheme = text[colon - length..colon].trim_start_matches(|c: char| !c.is_ascii_alphabetic());
    let start = colon - scheme.len();
    let rest = colon + "://".len();
    let is_doubtful = is_web(&text[start..]) && !is_enclosed(text, start, rest);
    let end = rest + address_length(&text[rest..], is_doubtful);
    let range = start..end;
    (scheme.len() >= 2 && end > rest).then(|| Link { target: text[range.clone()].to_owned(), range })
}

/// The address that begins with `www.` at `start`, if it is one.
fn without_scheme(text: &str, start: usize) -> Option<Link> {
    let goes_on = |c: char| (c.is_alphanumeric() && c < HANZI) || matches!(c, '.' | '-' | '/');
    if text[..start].chars().next_back().is_some_and(goes_on) {
        return None;
    }
    let end = start + address_length(&text[start..], true);
    let has_name = text.get(start + WITHOUT_SCHEME.len()..end)?.contains('.');
    has_name.then(|| Link { target: format!("http://{}", &text[start..end]), range: start..end })
}

/// Whether the address that begins at `start`, and behind its scheme at `rest`, stands between brackets or quotation
/// marks, with nothing else.
fn is_enclosed(text: &str, start: usize, rest: usize) -> bool {
    const PAIRS: [&str; 10] = ["（）", "()", "“”", "‘’", "「」", "『』", "《》", "【】", "<>", "\"\""];
    let before = text[..start].chars().next_back();
    let after = text[rest + address_length(&text[rest..], false)..].chars().next();
    PAIRS.iter().any(|pair| before == pair.chars().next() && after == pair.chars().next_back())
}

/// How much of `text`, which begins behind the `://`, is the address. 汉字 right behind its host may be doubtful.
fn address_length(text: &str, is_doubtful: bool) -> usize {
    let text = &text[..text.find(ends_address).unwrap_or(text.len())];
    let host_end = text.find(['/', '?', '#']).unwrap_or(text.len());
    let host = &text[..host_end];
    if !host.contains(|c: char| c.is_alphanumeric()) {
        return 0;
    }
    // No top level domain is part ASCII and part 汉字: what follows `org` is the sentence.
    let last_label = host.rfind('.').map_or(0, |dot| dot + 1);
    let ascii = host[last_label..].find(|c| c >= HANZI).unwrap_or(0);
    if ascii > 0 {
        return last_label + ascii;
    }
    let may_begin_so = !is_doubtful || host.contains(|c| c >= HANZI);
    let text = &text[..host_end + path_length(&text[host_end..], may_begin_so)];
    text.len() - sentence_end(text)
}

/// How much of a path is the address: up to the first 汉字 that neither begin a part of it nor follow others. They may
/// not always begin the first part.
fn path_length(path: &str, may_begin_so: bool) -> usize {
    let mut before = '/';
    for (at, c) in path.char_indices() {
        let is_first = at == 1 && before == '/' && !may_begin_so;
        let goes_on = before >= HANZI
            || !is_first && matches!(before, '/' | '?' | '#' | '=' | '&' | '+' | '-' | '_' | '(' | '~');
        if c >= HANZI && !goes_on {
            return at;
        }
        before = c;
    }
    path.len()
}

/// Whether a character never stands in an address.
fn ends_address(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || names::is_invisible(c)
        || matches!(c, '<' | '>' | '"' | '`' | '{' | '}' | '|' | '\\' | '^')
        // The punctuation of 汉字, full-width forms of ASCII's, and quotation marks.
        || matches!(c, '\u{2018}'..='\u{201f}' | '\u{2026}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}')
        || matches!(c, '«' | '»' | '—' | '―' | '،' | '؛' | '؟' | '\u{fe10}'..='\u{fe19}' | '\u{fe30}'..='\u{fe6f}')
        || matches!(c, '\u{ff01}'..='\u{ff0f}' | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}')
}

/// How many bytes at the end of an address belong to the sentence it stands in.
fn sentence_end(address: &str) -> usize {
    let mut rest = address;
    let unopened = |open: char, close: char| {
        address.matches(close).count().saturating_sub(address.matches(open).count())
    };
    let (mut round, mut square) = (unopened('(', ')'), unopened('[', ']'));
    while let Some(c) = rest.chars().next_back() {
        let belongs_to_sentence = match c {
            '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '~' => true,
            ')' => take_one(&mut round),
            ']' => take_one(&mut square),
            _ => false,
        };
        if !belongs_to_sentence {
            break;
        }
        rest = &rest[..rest.len() - c.len_utf8()];
    }
    address.len() - rest.len()
}

/// Takes one of so many, if there is one.
fn take_one(count: &mut usize) -> bool {
    let is_there = *count > 0;
    *count = count.saturating_sub(1);
    is_there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let found: Vec<_> = find(text).into_iter().map(|link| text[link.range].to_owned()).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn an_address_ends_where_the_sentence_goes_on() {
        check("see https://example.org/a?b=c#d for more", &["https://example.org/a?b=c#d"]);
        check("see https://example.org.", &["https://example.org"]);
        check(
            "https://example.org/a, https://example.org/b!",
            &["https://example.org/a", "https://example.org/b"],
        );
        check("(https://example.org/a)", &["https://example.org/a"]);
        check("https://en.wikipedia.org/wiki/Tea_(meal)", &["https://en.wikipedia.org/wiki/Tea_(meal)"]);
        check("<https://example.org/a>", &["https://example.org/a"]);
        check("\"http://example.org\"", &["http://example.org"]);
        check("http://[::1]:8080/x", &["http://[::1]:8080/x"]);
        check("http://localhost:8080", &["http://localhost:8080"]);
    }

    #[test]
    fn the_punctuation_of_hanzi_ends_it_too() {
        check("请看https://example.org/a。谢谢", &["https://example.org/a"]);
        check("（https://example.org/a），", &["https://example.org/a"]);
        check("看https://example.org里面", &["https://example.org"]);
        check("“https://example.org/a/茶”", &["https://example.org/a/茶"]);
        check(
            "https://example.org/a、https://example.org/b",
            &["https://example.org/a", "https://example.org/b"],
        );
    }

    #[test]
    fn an_address_ends_where_the_chinese_begins() {
        check("https://example.org/a看看", &["https://example.org/a"]);
        check("https://example.org/a，你好", &["https://example.org/a"]);
        check("见https://example.org。", &["https://example.org"]);
        check("（https://example.org/x）", &["https://example.org/x"]);
        check("https://example.org:8080看看", &["https://example.org:8080"]);
        check("https://example.org/index.html里有，index.html。", &["https://example.org/index.html"]);
        check("https://example.org/?q=1是第一", &["https://example.org/?q=1"]);
        check("https://example.org/a.看看", &["https://example.org/a"]);
        check("https://example.org/这个网站很好", &["https://example.org/"]);
        check("看https://example.org:8080/上的 a", &["https://example.org:8080/"]);
        check("看（https://example.org/茶）。“https://example.org/茶”", &["https://example.org/茶"; 2]);
        check("（https://example.org/里有）吗", &["https://example.org/里有"]);
        check("（看https://example.org/里有）", &["https://example.org/"]);
        check("www.example.org/里有", &["www.example.org/"]);
        check("看www.example.org。", &["www.example.org"]);
        check("irc://example.org/茶馆，来吧", &["irc://example.org/茶馆"]);
        check("https://example.org/?q=茶", &["https://example.org/?q=茶"]);
        check("https://example.org/a——看看", &["https://example.org/a"]);
        check("https://example.org/a입니다", &["https://example.org/a"]);
        check("www.example.org看看", &["www.example.org"]);
        check(
            "《https://example.org/a》【https://example.org/b】",
            &["https://example.org/a", "https://example.org/b"],
        );
        check("https://例子.中国/路径，你好", &["https://例子.中国/路径"]);
        check("https://例子.com看看", &["https://例子.com"]);
        check(
            "https://zh.wikipedia.org/wiki/茶?a=红茶&b=2#历史",
            &["https://zh.wikipedia.org/wiki/茶?a=红茶&b=2#历史"],
        );
        check("https://zh.wikipedia.org/wiki/茶_(饮料)。", &["https://zh.wikipedia.org/wiki/茶_(饮料)"]);
        check("([https://example.org/a_(b)])", &["https://example.org/a_(b)"]);
    }

    #[test]
    fn hosts_and_paths_may_be_of_any_script() {
        check("https://例子.测试/路径", &["https://例子.测试/路径"]);
        check("https://zh.wikipedia.org/wiki/茶", &["https://zh.wikipedia.org/wiki/茶"]);
        check("https://bücher.example/ä", &["https://bücher.example/ä"]);
    }

    #[test]
    fn www_is_enough_and_leads_to_the_web() {
        check("www.example.org/tea is nice", &["www.example.org/tea"]);
        check("awww.example.org or www.", &[]);
        assert_eq!(find("www.example.org")[0].target, "http://www.example.org");
        check("https://www.example.org", &["https://www.example.org"]);
    }

    #[test]
    fn other_schemes_are_addresses_too_but_not_of_the_web() {
        check("irc://tea.house/lobby ftp://x.org", &["irc://tea.house/lobby", "ftp://x.org"]);
        assert!(!find("file:///etc/passwd").iter().any(Link::is_web));
        assert!(find("HTTPS://EXAMPLE.ORG")[0].is_web());
        check("a://b", &[]);
        check("://nothing", &[]);
        check("https://", &[]);
        check("https://。", &[]);
    }
}
