//! HELP: what each command is for, from the table of commands itself.

use teahouse_protocol::Message;

use crate::commands::context::Context;
use crate::commands::services::service::with_usage;
use crate::commands::{COMMANDS, When, find};
use crate::text::reply::Reply;

/// How many names stand in one line of the list.
const NAMES_A_LINE: usize = 10;

/// HELP: explains a command, or lists them all.
pub(in crate::commands) fn help(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let language = context.connection().language;
    match message.param(0).filter(|subject| !subject.is_empty()) {
        None => {
            let start = language.choose(
                "The commands; HELP with one of them tells more",
                "全部命令；HELP 加命令名可以看说明",
            );
            context.reply(&Reply::HelpStart("*".to_owned(), start.to_owned()));
            context.reply(&Reply::HelpText("*".to_owned(), String::new()));
            let operator = context.person().is_operator();
            let mine: Vec<_> =
                COMMANDS.iter().filter(|command| operator || command.when != When::Operator).collect();
            for commands in mine.chunks(NAMES_A_LINE) {
                let names: Vec<_> = commands.iter().map(|command| command.name).collect();
                context.reply(&Reply::HelpText("*".to_owned(), names.join(" ")));
            }
            let end = language.choose("End of HELP", "帮助结束");
            context.reply(&Reply::EndOfHelp("*".to_owned(), end.to_owned()));
        }
        Some(subject) => {
            let Some(command) = find(subject).map(|row| &COMMANDS[row]) else {
                return Err(Reply::HelpNotFound(subject.to_owned()));
            };
            let name = command.name.to_owned();
            context.reply(&Reply::HelpStart(name.clone(), with_usage(&name, command.usage)));
            context.reply(&Reply::HelpText(name.clone(), String::new()));
            context.reply(&Reply::HelpText(name.clone(), command.help.to(language).to_owned()));
            let end = language.choose("End of HELP", "帮助结束");
            context.reply(&Reply::EndOfHelp(name, end.to_owned()));
        }
    }
    Ok(())
}
