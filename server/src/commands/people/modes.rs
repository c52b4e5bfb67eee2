//! MODE of a user: what the client is and wants
//! ([Modern IRC, "MODE message"](https://modern.ircdocs.horse/#mode-message)).

use teahouse_protocol::Message;

use crate::commands::context::Context;
use crate::config::user_modes::UserMode;
use crate::text::reply::Reply;

/// Shows or changes the client's own modes.
pub(in crate::commands) fn user_mode(
    context: &mut Context,
    nick: &str,
    message: &Message,
) -> Result<(), Reply> {
    let person = context.world.find(nick)?;
    if person != context.me {
        return Err(Reply::UsersDontMatch);
    }
    let Some(letters) = message.param(1) else {
        context.reply(&Reply::UModeIs(context.person().modes.describe()));
        return Ok(());
    };
    let mut told = String::new();
    let mut sign = None;
    let mut on = true;
    let mut unknown = false;
    for letter in letters.chars() {
        match (letter, UserMode::from_letter(letter)) {
            ('+', _) => on = true,
            ('-', _) => on = false,
            (_, None) => unknown = true,
            // A user cannot take a mode that the server sets, and can lay down only operator rights among them.
            (_, Some(mode)) if !mode.is_own_choice() && (on || mode != UserMode::Operator) => {}
            (_, Some(mode)) => {
                if context.person().modes.has(mode) != on {
                    context.world.set_user_mode(context.me, mode, on);
                    if sign != Some(on) {
                        told.push(if on { '+' } else { '-' });
                        sign = Some(on);
                    }
                    told.push(letter);
                }
            }
        }
    }
    if !told.is_empty() {
        tell_user_modes(context, &told);
        context.world.keep_presence(context.me);
    }
    if unknown { Err(Reply::UModeUnknownFlag) } else { Ok(()) }
}

/// Tells a client what has changed of its own modes.
pub(in crate::commands) fn tell_user_modes(context: &mut Context, changes: &str) {
    let (source, name) = (context.person().source(), context.person().name());
    let line = context.world.line(format_args!(":{source} MODE {name} {changes}"));
    let line = line.with_tags(context.person().tags());
    context.world.tell_person(context.me, |_, _| Some(&line));
}
