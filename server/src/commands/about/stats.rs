//! STATS: what the server counts.

use teahouse_protocol::Message;

use crate::commands::COMMANDS;
use crate::commands::context::Context;
use crate::text::reply::Reply;
use crate::world::{ServerBan, Target};

/// STATS: reports, some of them for operators only.
pub(in crate::commands) fn stats(context: &mut Context, message: &Message) -> Result<(), Reply> {
    let letter = message.param(0).and_then(|letters| letters.chars().next()).unwrap_or('*');
    context.for_this_server(message.param(1))?;
    match letter {
        'u' => {
            let secs = context.world.now.duration_since(context.world.started).as_secs().max(0);
            let (days, rest) = (secs / 86_400, secs % 86_400);
            let clock = format!("{}:{:02}:{:02}", rest / 3600, rest / 60 % 60, rest % 60);
            context.reply(&Reply::StatsUptime(days.to_string(), clock));
        }
        'm' => {
            let counts = context.world.command_counts().to_vec();
            for (command, count) in COMMANDS.iter().zip(counts).filter(|(_, count)| *count > 0) {
                context.reply(&Reply::StatsCommands(command.name.to_owned(), count.to_string()));
            }
        }
        'o' | 'O' | 'k' | 'K' | 'd' | 'D' if !context.person().is_operator() => {
            context.reply(&Reply::NoPrivileges);
        }
        'o' | 'O' => {
            let config = context.world.config.clone();
            for operator in &config.operators {
                context.reply(&Reply::StatsOLine(operator.name.clone()));
            }
        }
        'k' | 'K' | 'd' | 'D' => {
            let networks = letter.eq_ignore_ascii_case(&'d');
            let bans: Vec<_> = context.world.bans.in_force(context.world.now).cloned().collect();
            for ServerBan { target, reason, who, since, until } in bans {
                // A star stands for what was not written down, and for no end.
                let [since, until] =
                    [since, until].map(|time| time.map_or("*".to_owned(), |time| format!("{time:.3}")));
                let shown = target.to_string();
                match target {
                    Target::Mask(_) if !networks => {
                        context.reply(&Reply::StatsKLine(shown, who, since, until, reason));
                    }
                    Target::Network(_) if networks => {
                        context.reply(&Reply::StatsDLine(shown, who, since, until, reason));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
    context.reply(&Reply::EndOfStats(letter.to_string()));
    Ok(())
}
