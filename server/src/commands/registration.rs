//! Coming and going: PASS, NICK, USER, QUIT
//! ([Modern IRC, "Connection Registration"](https://modern.ircdocs.horse/#connection-registration)).

use teahouse_protocol::text::truncate;
use teahouse_protocol::{Message, names};

use super::aid::Aid;
use super::context::{Context, Task};
use super::people::REALNAME_BYTES;
use crate::auth::password::{self, Kept};
use crate::commands::about::motd::Afterwards;
use crate::commands::about::{isupport, motd, status};
use crate::commands::accounts::guess::Guess;
use crate::commands::accounts::login;
use crate::config::ProtectNames;
use crate::config::user_modes::UserMode;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::{Login, Pass, USER_BYTES, Whose, World};

/// The longest parting word, in bytes.
const QUIT_BYTES: usize = 300;

/// PASS: the server's password, before NICK and USER.
pub(super) fn pass(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let login = context.login().ok_or(Reply::AlreadyRegistered)?;
    login.password = message.param(0).map_or(Pass::Unsaid, |given| Pass::Said(given.to_owned()));
    Ok(())
}

/// NICK: the first name, or a new one.
pub(super) fn nick(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let wanted = message.param(0).filter(|nick| !nick.is_empty()).ok_or(Reply::NoNicknameGiven)?;
    if context.person().is_registered() {
        // Nobody in the rooms is to see a name that is banned.
        if let Some(reason) = context.world.ban_on_name(context.me, wanted) {
            context.world.turn_out(context.me, &reason);
            return Ok(());
        }
        return context.world.take_nick(context.me, wanted);
    }
    match context.world.rename(context.me, wanted) {
        // The name may be the client's all the same, once the client has logged in.
        Err(Reply::NicknameInUse(nick, _)) if may_still_be_had(context, &nick) => want(context, Some(nick)),
        outcome => {
            outcome?;
            want(context, None);
        }
    }
    welcome_if_ready(context);
    Ok(())
}

/// Whether a nickname that somebody has belongs to the client's account, or to an account that it may still log in to.
fn may_still_be_had(context: &Context, nick: &str) -> bool {
    let (world, person) = (&*context.world, context.person());
    let negotiating = context.connection().login.as_ref().is_some_and(|login| login.negotiating);
    let holder = world.find(nick).ok().and_then(|holder| world.person(holder));
    let owner = world.owner_of(nick).map(|account| &*account.name);
    let accounts = [owner, holder.and_then(|holder| holder.account())];
    // A stranger who is renamed anyway need not be refused here.
    (owner.is_some() && world.config.protect_names == ProtectNames::Rename)
        || accounts.into_iter().flatten().any(|account| negotiating || person.account() == Some(account))
}

fn want(context: &mut Context, nick: Option<String>) {
    if let Some(login) = context.login() {
        login.wanted = nick;
    }
}

/// USER: the user name and the real name.
pub(super) fn user(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let person = context.person();
    if person.is_registered() || !person.user().is_empty() {
        return Err(Reply::AlreadyRegistered);
    }
    let given = |index| message.param(index).filter(|name| !name.is_empty());
    let (Some(name), Some(realname)) = (given(0), given(3)) else {
        return Err(Reply::NeedMoreParams("USER".to_owned()));
    };
    // A user name stands between `!` and `@` in every prefix, so it must have neither.
    let is_allowed = |c: &char| names::check_nickname(&format!("x{c}"), 8).is_ok() || *c == '.';
    let name: String = name.chars().filter(is_allowed).collect();
    if name.is_empty() {
        return Err(Reply::InvalidUsername);
    }
    let person = context.world.person_mut(context.me);
    person.set_user(format!("~{}", truncate(&name, USER_BYTES - 1)));
    person.realname = truncate(realname, REALNAME_BYTES).to_owned();
    welcome_if_ready(context);
    Ok(())
}

/// Completes the login once a nickname and a user name are there, CAP has ended and the password is right.
pub(super) fn welcome_if_ready(context: &mut Context) {
    let person = context.person();
    let Some(Login { password, negotiating, wanted }) = context.connection().login.as_deref() else { return };
    if (person.nick().is_none() && wanted.is_none()) || person.user().is_empty() || *negotiating {
        return;
    }
    let config = context.world.config.clone();
    if let Some(kept) = config.password.as_deref().filter(|_| *password != Pass::Right) {
        let given = if let Pass::Said(given) = password { given.clone() } else { String::new() };
        return Entry::ask(context, kept, given);
    }
    welcome(context);
}

/// Lets a client in that has said all that is needed.
fn welcome(context: &mut Context) {
    let config = context.world.config.clone();
    if context.world.connection_mut(context.connection).sasl.take().is_some() {
        context.reply(&Reply::SaslAborted);
    }
    let shared = match context.world.settle_nick(context.connection) {
        Ok(shared) => shared,
        Err(refusal) => {
            context.reply(&refusal);
            return;
        }
    };
    // The client that comes, and the person who is here under that account already.
    for who in shared.into_iter().chain([context.me]) {
        if let Some(reason) = context.world.ban_on(who) {
            context.world.turn_out(who, &reason);
            if who != context.me {
                context.world.turn_out(context.me, &reason);
            }
            return;
        }
    }
    let address = context.connection().address.to_string();
    if let Some(person) = shared {
        context.world.attach(context.connection, person);
        context.me = person;
        let (nick, online) = (context.person().name().to_owned(), context.world.users().to_string());
        let note = match context.person().connections.len() {
            1 => Text::Arrived(nick, address, online),
            several => Text::DeviceArrived(nick, address, several.to_string()),
        };
        context.world.note(note);
    } else {
        context.world.register(context.me);
        for (mode, _) in UserMode::ALL {
            if config.default_user_modes.has(*mode) {
                context.world.set_user_mode(context.me, *mode, true);
            }
        }
        let online = context.world.users().to_string();
        context.world.note(Text::Arrived(context.person().name().to_owned(), address, online));
    }

    let version = status::VERSION.to_owned();
    // Some clients look up the host that stands here, to learn their own; a covered one leads nowhere (Modern IRC).
    let person = context.person();
    let greeted = if config.cloak { person.name() } else { person.source() }.to_owned();
    context.reply(&Reply::Welcome(config.network.clone(), greeted));
    context.reply(&Reply::YourHost(config.name.clone(), version.clone()));
    context.reply(&Reply::Created(context.world.started.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()));
    let [people, rooms, with_param] = isupport::LETTERS.clone();
    context.reply(&Reply::MyInfo(config.name.clone(), version, people, rooms, with_param));
    isupport::send(context);
    status::send_lusers(context);
    if context.person().modes != Default::default() {
        context.reply(&Reply::UModeIs(context.person().modes.describe()));
    }
    motd::send(context, if shared.is_some() { Afterwards::ShowRooms } else { Afterwards::EnterLobby });
}

/// The house's own password, while it is checked.
#[derive(Debug)]
struct Entry {
    kept: String,
    given: String,
    guess: Guess,
}

impl Entry {
    /// Goes on with the login if the password is right, at once where that can be seen at once.
    fn ask(context: &mut Context, kept: &str, given: String) {
        let guess = Guess::of(context, Whose::House, login::PENALTY);
        let mut entry = Box::new(Self { kept: kept.to_owned(), given, guess });
        // Without a password there is nothing to check, and a password in clear is compared at once.
        let at_once = entry.given.is_empty() || Kept::read(kept) == Ok(Kept::Clear);
        if at_once && entry.guess.is_free() {
            entry.guess.found(password::is_right_in_clear(kept, &entry.given));
            entry.finish(context);
        } else {
            context.task = Some(entry);
        }
    }
}

impl Task for Entry {
    fn run(&mut self, aid: &mut Aid) {
        let Self { kept, given, .. } = self;
        self.guess.run(aid, |aid| {
            let (kept, given) = (kept.clone(), given.clone());
            aid.hashed(move |memory| memory.is_right(&kept, &given))
        });
    }

    fn settle(&mut self, world: &mut World) {
        if self.guess.settle(world) == Some(false) && !self.given.is_empty() {
            world.note(Text::WrongHousePassword(self.guess.address.to_string()));
        }
    }

    fn finish(mut self: Box<Self>, context: &mut Context) {
        self.settle(context.world);
        if self.guess.is_due() {
            context.task = Some(self);
        } else if self.guess.is_right() {
            if let Some(login) = context.login() {
                login.password = Pass::Right;
            }
            welcome(context);
        } else if self.guess.is_unknown() {
            context.notice(&Text::NotChecked);
            context.world.disconnect(context.connection, &Text::NotChecked);
        } else {
            context.reply(&Reply::PasswordMismatch);
            context.world.disconnect(context.connection, &Text::BadPassword);
        }
    }
}

/// QUIT: the client says goodbye. It is answered with ERROR and a closed connection, before login as after it.
pub(super) fn quit(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let words = truncate(message.param(0).unwrap_or_default(), QUIT_BYTES).to_owned();
    context.world.disconnect(context.connection, &Text::QuitWith(words));
    Ok(())
}
