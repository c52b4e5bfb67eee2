//! The two languages of Teahouse's own texts, 中文 and English, and a cell of a table in both.
//!
//! Every table of texts has English first and 中文 second, a row as `Name "English" | "中文";` where it is made by a
//! macro. A row without one of them does not compile.

use std::fmt;

/// A language of Teahouse's own texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which is also what people of all other locales get.
    #[default]
    English,
    /// 中文 (simplified).
    Chinese,
}

impl Language {
    /// Both.
    pub const ALL: [Self; 2] = [Self::English, Self::Chinese];

    /// The language of a locale such as `zh-CN`, `zh_TW.UTF-8` or `C`.
    pub fn of_tag(locale: &str) -> Self {
        let language = locale.split(['-', '_', '.', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("zh") { Self::Chinese } else { Self::English }
    }

    /// The language with this code, as people write it in flags and settings.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.code() == code)
    }

    /// The two letters of ISO 639-1: `en` or `zh`.
    pub const fn code(self) -> &'static str {
        Words("en", "zh").to(self)
    }

    /// The name of the language in itself.
    pub const fn name(self) -> &'static str {
        Words("English", "中文").to(self)
    }

    /// The other language, for a switch with two positions.
    #[must_use]
    pub fn other(self) -> Self {
        self.choose(Self::Chinese, Self::English)
    }

    /// Chooses the thing that is in this language.
    pub fn choose<T>(self, english: T, chinese: T) -> T {
        match self {
            Self::English => english,
            Self::Chinese => chinese,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A cell of a table in both languages: English, and 中文.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub &'static str, pub &'static str);

impl Words {
    /// The words in a language.
    pub const fn to(self, language: Language) -> &'static str {
        match language {
            Language::English => self.0,
            Language::Chinese => self.1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_locale_chooses_the_language() {
        for (locale, language) in [
            ("zh-CN", Language::Chinese),
            ("zh_TW.UTF-8", Language::Chinese),
            ("zh", Language::Chinese),
            ("en-GB", Language::English),
            ("C", Language::English),
            ("zha", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_tag(locale), language, "{locale:?}");
        }
        for language in Language::ALL {
            assert_eq!(Language::from_code(language.code()), Some(language));
            assert_eq!(language.other().other(), language);
        }
        assert_eq!(Language::from_code("fr"), None);
    }
}
