//! NickServ: accounts, for clients that know neither REGISTER nor SASL.

use crate::commands::accounts::login::{LoginAttempt, Proof, log_in, log_out};
use crate::commands::accounts::{Keeping, obstacle, open, password_obstacle};
use crate::commands::context::Context;
use crate::commands::services::service::{Service, word};
use crate::text::language::{Text, Words};
use crate::world::{Change, PersonId};

/// How the password is changed: nobody at a machine that was left alone takes the account for good.
const SET_PASSWORD: &str = "SET PASSWORD old-password new-password";
/// How many certificates one account may have.
const MAX_CERTIFICATES: usize = 10;

#[rustfmt::skip]
pub(in crate::commands) static NICKSERV: Service = Service {
    name: "NickServ",
    about: Words("NickServ sees to accounts. HELP with one of these words tells more:", "NickServ 管理账号。HELP 加一个词可以看说明："),
    words: &[
        word("CERT", 1, cert, "ADD [fingerprint]|DEL fingerprint|LIST", Words("says which TLS certificates (SHA-256) prove your account", "哪些 TLS 证书（SHA-256 指纹）可以证明你的账号")),
        word("DROP", 1, drop_account, "account [password]", Words("ends an account for good; its name is free again", "永久注销账号，名字重新开放")),
        word("GHOST", 1, ghost, "nick [password]", Words("disconnects whoever has your nickname", "断开占用你名字的连接")),
        word("IDENTIFY", 1, identify, "[account] password", Words("logs you in to an account", "登录账号")),
        word("INFO", 0, info, "[account]", Words("says what is known of an account", "查看账号的信息")),
        word("LOGOUT", 0, logout, "", Words("logs you out of your account", "退出账号")),
        word("RECOVER", 1, recover, "nick [password]", Words("gives you your nickname, whoever has it", "取回你的名字，无论谁在用")),
        word("REGAIN", 1, recover, "nick [password]", Words("is the same as RECOVER", "同 RECOVER")),
        word("REGISTER", 1, register, "password [email]", Words("opens an account in the name that you have", "以现在的名字注册账号")),
        word("RESETPASS", 2, resetpass, "account password", Words("for server operators: gives an account another password", "服务器管理员专用：给账号换一个密码")),
        word("SET", 2, set, "PASSWORD old-password new-password|ALWAYS-ON ON|OFF|DEFAULT", Words("changes the password of your account, or whether you stay in your rooms without a connection", "更改账号的密码，或设定断开后是否留在房间里")),
        word("SUSPEND", 1, suspend, "account [reason]", Words("for server operators: nobody may log in to an account any more; whoever is logged in to it goes", "服务器管理员专用：停用账号，登录该账号的人都会断开")),
        word("UNSUSPEND", 1, unsuspend, "account", Words("for server operators: an account may be logged in to again", "服务器管理员专用：恢复停用的账号")),
    ],
};

fn say(context: &mut Context, text: &Text) {
    NICKSERV.say(context, text);
}

fn own_account(context: &Context) -> Result<String, Text> {
    context.person().account().map(str::to_owned).ok_or(Text::NotLoggedIn)
}

fn register(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    if let Some((_, why)) = obstacle(context, "*", params[0]) {
        return Err(why);
    }
    open(context, params[0], |context, account, kept| {
        if !kept {
            return say(context, &Text::TryAgainLater);
        }
        say(context, &Text::AccountOpened(account.to_owned()));
        log_in(context, account);
    });
    Ok(())
}

fn identify(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let own = context.person().name().to_owned();
    let (account, password) = match params {
        [account, password, ..] => (*account, *password),
        _ => (own.as_str(), params[0]),
    };
    LoginAttempt::make(context, account, Proof::Password(password.to_owned()), |context, attempt| {
        let answer = if attempt.is_right && log_in(context, &attempt.account) {
            Text::Welcomed(attempt.account.clone())
        } else {
            attempt.refusal()
        };
        say(context, &answer);
    });
    Ok(())
}

fn logout(context: &mut Context, _: &[&str]) -> Result<(), Text> {
    own_account(context)?;
    log_out(context.world, context.me);
    say(context, &Text::LoggedOut);
    Ok(())
}

fn info(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let name = match params.first() {
        Some(name) => (*name).to_owned(),
        None => context.person().account().unwrap_or(context.person().name()).to_owned(),
    };
    let account = context.world.accounts.find(&name).ok_or(Text::NoSuchAccount(name))?;
    let (name, since) = (account.name.clone(), account.since.strftime("%Y-%m-%d").to_string());
    let suspended = account.suspended.clone().filter(|_| context.person().is_operator());
    let people = context.world.logged_in_to(&name);
    let online: usize = people.iter().map(|person| context.world.connections_of(*person).len()).sum();
    say(context, &Text::AccountInfo(name.clone(), since, online.to_string()));
    if let Some(reason) = suspended {
        say(context, &Text::IsSuspended(name, reason));
    }
    Ok(())
}

fn set(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let account = own_account(context)?;
    if params[0].eq_ignore_ascii_case("ALWAYS-ON") {
        return set_always_on(context, &account, params[1]);
    }
    if !params[0].eq_ignore_ascii_case("PASSWORD") {
        return Err(Text::ServiceUsage(SET_PASSWORD.to_owned()));
    }
    let (old, new) = match params {
        [_, old, new, ..] => (*old, *new),
        _ => return Err(Text::ServiceUsage(SET_PASSWORD.to_owned())),
    };
    if let Some((_, why)) = password_obstacle(context, new) {
        return Err(why);
    }
    LoginAttempt::to_change(context, &account, old, new, |context, attempt| {
        let (Some(new), Some(before), true) = (&attempt.new_password, &attempt.kept, attempt.is_right) else {
            return say(context, &attempt.refusal());
        };
        let (account, before, password) = (attempt.account.clone(), before.clone(), String::new());
        let change = Change::Password { account, before, password, scram: None };
        Keeping::begin(context, &attempt.account, change, Some(new), |context, account, kept| {
            password_is_changed(context, account, kept);
            let found = context.world.accounts.find(account).map_or(0, |account| account.certificates.len());
            if kept && found > 0 {
                // The certificates still prove the account, and may not all be the owner's own.
                say(context, &Text::CertificatesListed(found.to_string()));
            }
        });
    });
    Ok(())
}

fn password_is_changed(context: &mut Context, account: &str, kept: bool) {
    let changed = Text::PasswordChanged(account.to_owned());
    say(context, if kept { &changed } else { &Text::TryAgainLater });
}

/// The account of this name, for operators only.
fn account_for_operator(context: &Context, name: &str) -> Result<String, Text> {
    if !context.person().is_operator() {
        return Err(Text::NotAnOperator);
    }
    let account = context.world.accounts.find(name).ok_or_else(|| Text::NoSuchAccount(name.to_owned()))?;
    Ok(account.name.clone())
}

fn suspend(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let account = account_for_operator(context, params[0])?;
    if context.person().account() == Some(&account) {
        return Err(Text::IsYourOwn(account));
    }
    let reason = params[1..].join(" ");
    let reason = if reason.is_empty() { context.say(&Text::NoReason) } else { reason };
    let change = Change::Suspension { account: account.clone(), reason: Some(reason) };
    Keeping::begin(context, &account, change, None, |context, account, kept| {
        let reason = context.world.accounts.find(account).and_then(|account| account.suspended.clone());
        let suspended = reason.map(|reason| Text::AccountSuspended(account.to_owned(), reason));
        say(context, &suspended.filter(|_| kept).unwrap_or(Text::TryAgainLater));
    });
    Ok(())
}

fn unsuspend(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let account = account_for_operator(context, params[0])?;
    let change = Change::Suspension { account: account.clone(), reason: None };
    Keeping::begin(context, &account, change, None, |context, account, kept| {
        let again = Text::AccountUnsuspended(account.to_owned());
        say(context, if kept { &again } else { &Text::TryAgainLater });
    });
    Ok(())
}

fn resetpass(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let account = account_for_operator(context, params[0])?;
    if let Some((_, why)) = password_obstacle(context, params[1]) {
        return Err(why);
    }
    let change = Change::Reset { account: account.clone(), password: String::new(), scram: None };
    Keeping::begin(context, &account, change, Some(params[1]), |context, account, kept| {
        password_is_changed(context, account, kept);
        if kept {
            let who = context.person().name().to_owned();
            context.world.note(Text::OperatorReset(who, account.to_owned()));
        }
    });
    Ok(())
}

fn set_always_on(context: &mut Context, account: &str, choice: &str) -> Result<(), Text> {
    let wanted = match choice.to_ascii_uppercase().as_str() {
        "ON" => Some(true),
        "OFF" => Some(false),
        "DEFAULT" => None,
        _ => return Err(Text::ServiceUsage("SET ALWAYS-ON ON|OFF|DEFAULT".to_owned())),
    };
    let change = Change::AlwaysOn { account: account.to_owned(), wanted };
    Keeping::begin(context, account, change, None, |context, _, kept| {
        context.world.keep_presence(context.me);
        let answer = match context.world.stays(context.me) {
            _ if !kept => Text::TryAgainLater,
            true => Text::WillStay,
            false => Text::WillNotStay,
        };
        say(context, &answer);
    });
    Ok(())
}

/// Goes on at once for a user who has logged in to the account that a nickname belongs to, and for others once their
/// password has been found right.
fn as_owner(
    context: &mut Context,
    params: &[&str],
    then: fn(&mut Context, &LoginAttempt),
) -> Result<(), Text> {
    let nick = params[0];
    let owner = context.world.owner_of(nick).ok_or_else(|| Text::NoSuchAccount(nick.to_owned()))?;
    let proof = match params.get(1) {
        _ if context.person().account() == Some(&owner.name) => Proof::LoggedIn,
        Some(password) => Proof::Password((*password).to_owned()),
        None => return Err(Text::NotYours(nick.to_owned())),
    };
    let owner = owner.name.clone();
    LoginAttempt::make(context, &owner, proof, then);
    Ok(())
}

/// The holder of an account's nickname, other than the client itself.
fn holder(context: &Context, account: &str) -> Option<PersonId> {
    context.world.find(account).ok().filter(|holder| *holder != context.me)
}

fn ghost(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    as_owner(context, params, |context, attempt| {
        let account = attempt.account.clone();
        let answer = match holder(context, &account) {
            _ if !attempt.is_right => attempt.refusal(),
            None => Text::NobodyHasIt(account),
            Some(ghost) => {
                let who = context.person().name().to_owned();
                context.world.expel(ghost, &Text::Ghosted(who));
                Text::GhostIsGone(account)
            }
        };
        say(context, &answer);
    })
}

fn recover(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    as_owner(context, params, |context, attempt| {
        let account = attempt.account.clone();
        if !attempt.is_right || !log_in(context, &account) {
            return say(context, &attempt.refusal());
        }
        if let Some(ghost) = holder(context, &account) {
            let who = context.person().name().to_owned();
            context.world.expel(ghost, &Text::Ghosted(who));
        }
        context.world.evict(context.me, &account);
        match context.world.take_nick(context.me, &account) {
            Ok(()) => say(context, &Text::NickIsYours(account)),
            Err(refusal) => context.reply(&refusal),
        }
    })
}

fn drop_account(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let proof = match params.get(1) {
        Some(password) => Proof::Password((*password).to_owned()),
        // The password is what confirms it; an operator has none.
        None if context.world.accounts.find(params[0]).is_none() => {
            return Err(Text::NoSuchAccount(params[0].to_owned()));
        }
        None if context.person().is_operator() => Proof::LoggedIn,
        None => return Err(Text::NotYours(params[0].to_owned())),
    };
    LoginAttempt::make(context, params[0], proof, |context, attempt| {
        let Some(account) = context.world.accounts.find(&attempt.account).filter(|_| attempt.is_right) else {
            return say(context, &attempt.refusal());
        };
        let account = account.name.clone();
        let folded = context.world.config.casemapping.fold(&account).as_str().to_owned();
        let change = Change::Close { account: account.clone(), folded };
        Keeping::begin(context, &account, change, None, |context, account, kept| {
            let closed = Text::AccountClosed(account.to_owned());
            say(context, if kept { &closed } else { &Text::TryAgainLater });
        });
    });
    Ok(())
}

fn cert(context: &mut Context, params: &[&str]) -> Result<(), Text> {
    let name = own_account(context)?;
    let account = context.world.accounts.find(&name).ok_or(Text::NotLoggedIn)?;
    let (certificates, password) = (account.certificates.clone(), account.password.clone());
    let given = params.get(1).map(|text| fingerprint(text).ok_or(Text::NotAFingerprint)).transpose()?;
    let (fingerprint, proves) = match (params[0].to_ascii_uppercase().as_str(), given) {
        ("LIST", _) => {
            for one in &certificates {
                say(context, &Text::Certificate(one.clone()));
            }
            say(context, &Text::CertificatesListed(certificates.len().to_string()));
            return Ok(());
        }
        ("ADD", given) => {
            let one =
                given.or_else(|| context.connection().certificate.clone()).ok_or(Text::NoCertificate)?;
            if context.world.accounts.by_certificate(&one).is_some() {
                return Err(Text::CertificateKnown);
            }
            if certificates.len() >= MAX_CERTIFICATES {
                return Err(Text::TooManyCertificates(MAX_CERTIFICATES.to_string()));
            }
            (one, true)
        }
        ("DEL", Some(one)) if certificates.contains(&one) => (one, false),
        ("DEL", Some(_)) => return Err(Text::CertificateUnknown),
        _ => return Err(Text::ServiceUsage("CERT ADD [fingerprint]|DEL fingerprint|LIST".to_owned())),
    };
    let change = Change::Certificate { account: name.clone(), password, fingerprint, proves };
    Keeping::begin(context, &name, change, None, |context, _, kept| {
        say(context, if kept { &Text::CertificatesChanged } else { &Text::TryAgainLater });
    });
    Ok(())
}

/// A SHA-256 fingerprint as people copy it, with or without colons, as it is kept.
fn fingerprint(text: &str) -> Option<String> {
    let hex: String = text.chars().filter(|c| *c != ':').map(|c| c.to_ascii_lowercase()).collect();
    (hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit())).then_some(hex)
}
