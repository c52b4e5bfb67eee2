//! The settings' file, and whether anything can be kept where it is.

use std::cell::Cell;
use std::path::Path;

use crate::config::folder::{self, Claim};
use crate::config::settings::{Settings, SettingsFile};
use crate::logs::Logs;
use crate::text::i18n::{Language, Phrase, Text};
use crate::ui::controller::Controller;

/// Where things are kept for the next time.
pub(super) struct Keeping {
    /// There is none where the user has no home.
    file: Option<SettingsFile>,
    /// Whether the file's folder is ours to write in.
    claim: Option<Claim>,
    /// Whether it was said that nothing can be kept there.
    has_trouble: Cell<bool>,
}

impl Keeping {
    pub(super) fn new(file: Option<SettingsFile>) -> Self {
        Self { file, claim: None, has_trouble: Cell::new(false) }
    }

    /// The folder of all that is kept.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.file.as_ref().and_then(SettingsFile::folder)
    }

    /// Whether another window writes in the folder.
    pub(super) fn is_others_folder(&self) -> bool {
        matches!(self.claim, Some(Claim::Others))
    }

    /// Whether the user knows that nothing can be kept.
    pub(super) fn has_trouble(&self) -> bool {
        self.has_trouble.get()
    }

    /// Claims the folder for this window. Gives what is to be said about that.
    pub(super) fn claim(&mut self, language: Language) -> Option<Phrase> {
        let file = self.file.as_ref()?;
        let claim = folder::claim(file.folder().unwrap_or(Path::new("")));
        let problem = match &claim {
            Claim::Ours(_) => None,
            Claim::Others => Some(Text::OtherWindow.into()),
            Claim::Unwritable(error) => self.cannot_keep(file.cannot_keep(error), language),
        };
        self.claim = Some(claim);
        problem
    }

    /// Keeps the settings. Gives what is to be said if that cannot be done.
    pub(super) fn save(&self, settings: &Settings, language: Language) -> Option<Phrase> {
        match self.file.as_ref().filter(|_| !self.is_others_folder())?.save(settings) {
            Ok(()) => {
                self.has_trouble.set(false);
                None
            }
            Err(problem) => self.cannot_keep(problem, language),
        }
    }

    /// Something cannot be kept: that is said once, until it can.
    fn cannot_keep(&self, problem: Phrase, language: Language) -> Option<Phrase> {
        log::warn!("{}", problem.to(language));
        (!self.has_trouble.replace(true)).then_some(problem)
    }
}

impl Controller {
    /// Claims the settings' folder for this window, and says what cannot be kept.
    pub(super) fn claim_folder(&mut self) {
        let problem = self.keeping.claim(self.language());
        self.remark(problem);
    }

    /// Keeps the settings, and says if that cannot be done.
    pub(super) fn save(&self) {
        self.remark(self.keeping.save(&self.settings, self.language()));
    }

    /// Hears from the logs whether conversations are written down. Says whether there was news.
    pub(super) fn hear_logs(&self) -> bool {
        let trouble = self.logs.as_ref().and_then(Logs::take_trouble);
        let is_news = trouble.is_some();
        // If nothing can be kept in the folder, the user knows that already.
        self.remark(trouble.filter(|_| !self.keeping.has_trouble()));
        is_news
    }

    fn remark(&self, problem: Option<Phrase>) {
        if let Some(problem) = problem {
            self.model.borrow_mut().remark(problem);
        }
    }
}
