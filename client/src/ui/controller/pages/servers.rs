//! The saved servers in the settings: in which order, and which no longer.

use crate::config::profile::Profile;
use crate::model::{Link, Model, Network};
use crate::text::i18n::Text;
use crate::ui::Action;
use crate::ui::controller::Controller;
use crate::ui::controller::dialogs::Asked;
use crate::ui::overlays::dialog::{Question, Tone};
use crate::ui::views::settings::Item;

impl Controller {
    pub(super) fn server_items(&self) -> Vec<Item> {
        let language = self.language();
        let word = |text: Text| text.to(language).to_owned();
        let model = self.model.borrow();
        // A profile that nobody ever filled in is not a saved server.
        let saved = self.settings.profiles.iter().enumerate().filter(|(_, it)| **it != Profile::default());
        let mut items: Vec<_> = saved
            .map(|(index, profile)| Item {
                label: profile.title().to_owned(),
                detail: details(&model, profile).join(" · "),
                options: vec![
                    (word(Text::EditProfile), Action::EditProfile(index)),
                    ("↑".to_owned(), Action::MoveProfile(index, -1)),
                    ("↓".to_owned(), Action::MoveProfile(index, 1)),
                    ("⋯".to_owned(), Action::AskProfile(index)),
                ],
                current: None,
            })
            .collect();
        let label = if items.is_empty() { word(Text::NoServers) } else { String::new() };
        let options = vec![(format!("+  {}", word(Text::AddServer)), Action::NewProfile)];
        items.push(Item { label, detail: String::new(), options, current: None });
        items
    }

    pub(in crate::ui::controller) fn move_profile(&mut self, index: usize, places: isize) {
        let profiles = &mut self.settings.profiles;
        let to = index.saturating_add_signed(places);
        if index < profiles.len() && to < profiles.len() && index != to {
            profiles.swap(index, to);
            self.settings_page.follow(places);
            self.apply_settings();
            self.save();
        }
    }

    pub(in crate::ui::controller) fn ask_to_remove(&mut self, index: usize) {
        let Some(profile) = self.settings.profiles.get(index).cloned() else { return };
        let language = self.language();
        let (title, answers) =
            (Text::RemoveTitle.with([profile.title()]), [Text::ForgetProfile, Text::Cancel]);
        let mut question = Question::new(language, title, Text::ReallyRemove, answers, Tone::Careful);
        if self.model.borrow().network_of(&profile).is_some() {
            question.text += "\n";
            question.text += Text::RemoveAndLeave.to(language);
        }
        self.ask(Asked::Removing(Box::new(profile)), question);
    }

    pub(in crate::ui::controller) fn remove_profile(&mut self, profile: &Profile) {
        let network = self.model.borrow().network_of(profile).map(Network::id);
        if let Some(id) = network {
            self.model.borrow_mut().leave(id);
        }
        self.settings.profiles.retain(|saved| !saved.is_same_as(profile));
        self.forget_password(profile);
        if self.settings.profiles.is_empty() {
            self.settings.profiles.push(Profile::default());
        }
        self.apply_settings();
        self.save();
    }
}

/// What there is to say of a saved server in the list.
fn details(model: &Model, profile: &Profile) -> Vec<String> {
    let word = |text: Text| text.to(model.language()).to_owned();
    let network = model.network_of(profile);
    let mut details = vec![profile.nick.clone(), format!("{}:{}", profile.server, profile.port)];
    if profile.tls {
        details.push("TLS".to_owned());
    }
    if profile.connect {
        details.push(word(Text::AtStartDetail));
    }
    match network {
        Some(network) if network.is_outdated() => details.push(word(Text::OutdatedDetail)),
        Some(network) if network.link() == Link::Up => details.push(word(Text::ConnectedDetail)),
        _ => {}
    }
    details.retain(|detail| !detail.is_empty());
    details
}
