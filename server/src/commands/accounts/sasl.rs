//! AUTHENTICATE: logging in to an account, before or after the login to the server
//! ([IRCv3 sasl-3.1](https://ircv3.net/specs/extensions/sasl-3.1) and
//! [sasl-3.2](https://ircv3.net/specs/extensions/sasl-3.2)).

use base64ct::{Base64, Encoding};
use teahouse_protocol::Message;
use teahouse_protocol::sasl::{ABORT, EMPTY, chunks};
use teahouse_protocol::scram::{ClientFirst, ServerFinal};

use crate::auth::sasl::{self, Exchange, Plain, Scram, Step};
use crate::commands::accounts::login::{LoginAttempt, Proof, has_password, log_in};
use crate::commands::context::Context;
use crate::text::language::Text;
use crate::text::reply::Reply;
use crate::world::Capability;

/// AUTHENTICATE: names a mechanism, goes on with it, or breaks it off.
pub(in crate::commands) fn authenticate(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let word = message.param(0).unwrap_or_default();
    if !context.has(Capability::Sasl) {
        return Err(Reply::SaslFail);
    }
    let exchange = context.world.connection_mut(context.connection).sasl.take();
    match exchange {
        _ if word == ABORT => Err(Reply::SaslAborted),
        Some(exchange) => go_on(context, *exchange, word),
        None => begin(context, word),
    }
}

fn begin(context: &mut Context, name: &str) -> Result<(), Reply> {
    // With version 302 a client may log in anew at any time; before it, once was enough.
    if context.person().account().is_some() && !context.connection().speaks_cap_302 {
        return Err(Reply::SaslAlready);
    }
    let (config, secure) = (&context.world.config, context.connection().is_secure);
    let Some(mechanism) = sasl::find(name, config.scram, secure) else {
        let list = sasl::list(config.scram, secure);
        context.reply(&Reply::SaslMechs(list));
        return Err(Reply::SaslFail);
    };
    wait_for(context, Exchange::begin(mechanism));
    context.send(format_args!("AUTHENTICATE {EMPTY}"));
    Ok(())
}

fn wait_for(context: &mut Context, exchange: Exchange) {
    context.world.connection_mut(context.connection).sasl = Some(Box::new(exchange));
}

/// Takes another chunk. Unless the exchange goes on, it has ended, one way or the other.
fn go_on(context: &mut Context, mut exchange: Exchange, chunk: &str) -> Result<(), Reply> {
    let Some(text) = exchange.said.take(chunk).map_err(|_| Reply::SaslTooLong)? else {
        wait_for(context, exchange);
        return Ok(());
    };
    let said = Base64::decode_vec(&text).map_err(|_| Reply::SaslFail)?;
    match exchange.step {
        Step::Plain => {
            let Plain { authzid, account, password } = Plain::parse(&said).ok_or(Reply::SaslFail)?;
            needs_to_be(context, authzid, account)?;
            LoginAttempt::make(context, account, Proof::Password(password.to_owned()), decide);
            Ok(())
        }
        Step::External => {
            let authzid = text_of(&said)?;
            let certificate = context.connection().certificate.as_deref();
            let account = certificate.and_then(|one| context.world.accounts.by_certificate(one));
            let account = account.ok_or(Reply::SaslFail)?.name.clone();
            needs_to_be(context, authzid, &account)?;
            succeed(context, &account)
        }
        Step::ScramFirst => {
            let first = ClientFirst::parse(text_of(&said)?).map_err(|_| Reply::SaslFail)?;
            let keys = context.world.accounts.scram_keys(&first.user);
            let scram = Scram::begin(&first, &keys).ok_or(Reply::SaslFail)?;
            say(context, scram.server_first());
            wait_for(context, Exchange::at(Step::ScramFinal(scram)));
            Ok(())
        }
        Step::ScramFinal(scram) => {
            let keys = context.world.accounts.scram_keys(&scram.account);
            let signature = scram.verify(text_of(&said)?, &keys);
            LoginAttempt::make(context, &scram.account, Proof::Scram(signature), decide);
            Ok(())
        }
        Step::ScramEnd { account, password } if has_password(context.world, &account, &password) => {
            succeed(context, &account)
        }
        Step::ScramEnd { .. } => Err(Reply::SaslFail),
    }
}

/// Nobody may be somebody else here: the name that a client asks for is its own, or empty.
fn needs_to_be(context: &Context, authzid: &str, account: &str) -> Result<(), Reply> {
    let same = authzid.is_empty() || context.world.config.casemapping.same(authzid, account);
    if same { Ok(()) } else { Err(Reply::SaslFail) }
}

fn text_of(said: &[u8]) -> Result<&str, Reply> {
    std::str::from_utf8(said).map_err(|_| Reply::SaslFail)
}

fn say(context: &mut Context, words: &str) {
    for chunk in chunks(&Base64::encode_string(words.as_bytes())) {
        context.send(format_args!("AUTHENTICATE {chunk}"));
    }
}

/// Ends an exchange once it is known whether the proof is right.
fn decide(context: &mut Context, attempt: &LoginAttempt) {
    if let Some(why) = &attempt.suspended {
        context.notice(why);
    }
    let outcome = match &attempt.proof {
        _ if !attempt.is_right => {
            if attempt.is_unknown() {
                context.notice(&Text::NotChecked);
            }
            Err(Reply::SaslFail)
        }
        Proof::Password(_) | Proof::LoggedIn => succeed(context, &attempt.account),
        // The client is shown that the server knew the password too, and goes on when it has seen it.
        Proof::Scram(signature) => {
            let signature = signature.as_deref().unwrap_or_default();
            say(context, &ServerFinal::Verifier(signature).to_string());
            let (account, password) = (attempt.account.clone(), attempt.kept.clone().unwrap_or_default());
            wait_for(context, Exchange::at(Step::ScramEnd { account, password }));
            Ok(())
        }
    };
    if let Err(refusal) = outcome {
        context.reply(&refusal);
    }
}

fn succeed(context: &mut Context, account: &str) -> Result<(), Reply> {
    if !log_in(context, account) {
        return Err(Reply::SaslFail);
    }
    context.reply(&Reply::SaslSuccess);
    Ok(())
}
