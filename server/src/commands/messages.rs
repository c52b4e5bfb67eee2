//! Speaking: PRIVMSG and NOTICE, to a room or to one person
//! ([Modern IRC, "Sending Messages"](https://modern.ircdocs.horse/#sending-messages)).

use teahouse_protocol::{Message, names};

use super::{Context, listed};
use crate::outbox::Cause;
use crate::reply::Reply;
use crate::world::{Capability, Registration};

/// To how many one message may go (MAXTARGETS).
pub(super) const MAX_TARGETS: usize = 4;

/// PRIVMSG: says something.
pub(super) fn privmsg(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let (targets, text) = words_of(context, message, "PRIVMSG")?;
    for (index, target) in listed(targets).enumerate() {
        if index == MAX_TARGETS {
            return Err(Reply::TooManyTargets(target.to_owned()));
        }
        match deliver(context, "PRIVMSG", target, text) {
            Ok(None) => {}
            Ok(Some(away)) => context.reply(&away),
            Err(refusal) => context.reply(&refusal),
        }
    }
    Ok(())
}

/// NOTICE: says something that nothing must ever answer by itself, not even the server with an error (RFC 2812 §3.3.2).
pub(super) fn notice(context: &mut Context, message: &Message) -> Result<(), Reply> {
    if let Ok((targets, text)) = words_of(context, message, "NOTICE") {
        for target in listed(targets).take(MAX_TARGETS) {
            let _ = deliver(context, "NOTICE", target, text);
        }
    }
    Ok(())
}

fn words_of<'a>(
    context: &mut Context,
    message: &Message<'a>,
    command: &str,
) -> Result<(&'a str, &'a str), Reply> {
    let targets = message.param(0).filter(|targets| !targets.is_empty());
    let targets = targets.ok_or_else(|| Reply::NoRecipient(command.to_owned()))?;
    let text = message.param(1).filter(|text| !text.is_empty()).ok_or(Reply::NoTextToSend)?;
    let now = context.world.now;
    if let Registration::Done { spoke, .. } = &mut context.world.client_mut(context.me).registration {
        *spoke = now;
    }
    Ok((targets, text))
}

/// Queues a message for a room or a person. What comes back is that the person is away.
fn deliver(context: &mut Context, command: &str, target: &str, text: &str) -> Result<Option<Reply>, Reply> {
    let me = context.me;
    let echo = context.client().capabilities.has(Capability::EchoMessage);
    let source = context.client().source();
    if names::is_channel(target) {
        let channel = context.world.find_channel(target)?;
        if !context.world.is_member(me, channel) {
            return Err(Reply::CannotSendToChan(target.to_owned()));
        }
        let name = &context.world.channel(channel).name;
        let line = context.world.line(format_args!(":{source} {command} {name} :{text}"));
        context.world.tell_channel(channel, &line, (!echo).then_some(me));
        return Ok(None);
    }
    let to = context.world.find(target)?;
    let person = context.world.client(to).expect("it was found");
    let line = context.world.line(format_args!(":{source} {command} {} :{text}", person.name()));
    let away = person.away.clone().map(|words| Reply::Away(person.name().to_owned(), words));
    context.world.tell(to, &line, Cause::Others);
    if echo && to != me {
        context.world.tell(me, &line, Cause::Answer);
    }
    Ok(away)
}
