//! What a test can learn about the window without looking at pixels.
//!
//! With `TEAHOUSE_PROBE=/path/to/socket` in the environment the window listens there and answers each line with one
//! line of JSON, a [`Snapshot`]. There are two questions: `now`, answered at once, and `change`, answered as soon as
//! the answer is not the one that was given last on this connection. So a test that waits for something sees every
//! state worth seeing and need not ask again and again.
//! An answer is about what is on the screen: everything that was to be drawn is drawn before it is given.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::{fs, net};

use crossbeam_channel::{Receiver, Sender};
use parking_lot::Mutex;
use serde::Serialize;

use crate::ui::look::paint::Rect;

/// The environment variable that names the socket.
pub const VARIABLE: &str = "TEAHOUSE_PROBE";

thread_local! {
    /// How often a button went down: tests wait for that, since window managers hold clicks back and keys not.
    static CLICKS: Cell<u32> = const { Cell::new(0) };
}

/// Counts that a mouse button went down in the window.
pub fn count_click() {
    CLICKS.set(CLICKS.get().wrapping_add(1));
}

/// How often that was.
pub fn clicks() -> u32 {
    CLICKS.get()
}

/// Everything that a person could see in the window.
#[derive(Debug, Default, Serialize)]
pub struct Snapshot {
    /// `login` or `chat`.
    pub view: &'static str,
    /// The window's title.
    pub title: String,
    /// Its number on the display.
    pub window_id: usize,
    /// `zh` or `en`.
    pub language: &'static str,
    /// Whether it is dark.
    pub is_dark: bool,
    /// How often a mouse button went down in the window.
    pub clicks: u32,
    /// Which control has the keyboard; `window` for one without a name here, nothing when another program has it.
    pub focus: String,
    /// What stands in the fields of the form.
    pub fields: BTreeMap<&'static str, String>,
    /// What stands in its field for the password while nothing does.
    pub password_hint: String,
    /// What the login form says that is nothing wrong.
    pub note: Option<String>,
    /// Which of its boxes are ticked.
    pub ticks: BTreeMap<&'static str, bool>,
    /// What is said to be wrong with them; `general` is about none of them.
    pub errors: BTreeMap<&'static str, String>,
    /// What the button of the form says.
    pub login_button: String,
    /// The name of the conversation that is shown.
    pub conversation: String,
    /// What it is about.
    pub topic: String,
    /// Whether all of it is shown on a card.
    pub topic_is_open: bool,
    /// The servers in the list on the left.
    pub networks: Vec<NetworkRow>,
    /// The conversations in it.
    pub conversations: Vec<ConversationRow>,
    /// The transcript's lines in view, from the top down.
    pub lines: Vec<VisibleLine>,
    /// How many lines there are in all.
    pub line_count: u64,
    /// Whether new lines come into view by themselves.
    pub is_at_bottom: bool,
    /// How much is new below the view, as the pill says it; empty without one.
    pub news: String,
    /// What is selected in the transcript.
    pub selection: Option<String>,
    /// What is written in the composer.
    pub composer: String,
    /// What stands around it.
    pub composer_words: ComposerWords,
    /// What could be meant by what is written, the chosen suggestion first.
    pub picker: Vec<String>,
    /// How much was found, while something is looked for.
    pub search: Option<String>,
    /// Why what is written there was not done.
    pub refusal: Option<String>,
    /// The members, in the order of the list.
    pub members: Vec<MemberRow>,
    /// Our own name, and what stands below it.
    pub footer: (String, String),
    /// What the banner says, if there is one.
    pub banner: Option<String>,
    /// The title and the text of the dialog, if there is one.
    pub dialog: Option<(String, String)>,
    /// 报文, if it is open.
    pub wire: Option<Wire>,
    /// The page of a saved server, if it is shown.
    pub profile: Option<ProfilePage>,
    /// The rows of the settings, each with the option that holds, if they are shown.
    pub settings: Option<Vec<(String, Option<String>)>>,
    /// The conversations that the switcher offers, if it is open.
    pub switcher: Option<Vec<String>>,
    /// The title of the menu that is open.
    pub menu: Option<String>,
    /// The address that was opened last, in whatever program.
    pub opened: Option<String>,
    /// Where everything is that can be clicked and is in view, on the screen.
    pub controls: BTreeMap<String, Rect>,
}

/// The page of a saved server. Fields and boxes are named by the key of the profile that they change.
#[derive(Debug, Serialize)]
pub struct ProfilePage {
    /// What it is about.
    pub title: String,
    /// What can be seen in its fields.
    pub fields: BTreeMap<String, String>,
    /// What stands in those that are empty.
    pub hints: BTreeMap<String, String>,
    /// What is said to be wrong with them.
    pub errors: BTreeMap<String, String>,
    /// Which of its boxes are ticked.
    pub ticks: BTreeMap<String, bool>,
    /// Every other word on it, from the top down.
    pub words: Vec<String>,
    /// What will come of saving.
    pub remark: Option<String>,
}

/// 报文.
#[derive(Debug, Serialize)]
pub struct Wire {
    /// The lines in view, each `sent` or `received`.
    pub lines: Vec<(&'static str, String)>,
    /// The chosen line's command or numeric.
    pub title: String,
    /// What that means.
    pub meaning: String,
    /// What its parts are called, and what stands there.
    pub rows: Vec<(String, String)>,
}

/// A heading in the conversation list.
#[derive(Debug, Serialize)]
pub struct NetworkRow {
    /// What it says.
    pub name: String,
    /// `down`, `connecting` or `up`.
    pub link: &'static str,
}

/// What stands around the composer.
#[derive(Debug, Default, Serialize)]
pub struct ComposerWords {
    /// Below.
    pub hint: String,
    /// Below at the right.
    pub counter: String,
    /// Above: what is answered.
    pub reply: Option<String>,
}

/// A row of the conversation list.
#[derive(Debug, Serialize)]
pub struct ConversationRow {
    /// What it says.
    pub name: String,
    /// Messages that nobody has looked at.
    pub unread: u32,
    /// How many of them are for us.
    pub mentions: u32,
}

/// A row of the member list.
#[derive(Debug, Serialize)]
pub struct MemberRow {
    /// The name.
    pub name: String,
    /// The heading it stands under.
    pub rank: String,
    /// Whether they are away.
    pub is_away: bool,
}

/// A line in view.
#[derive(Debug, Serialize)]
pub struct VisibleLine {
    /// `day`, `notice`, `action` or `message`.
    pub kind: &'static str,
    /// When.
    pub time: String,
    /// The author; nothing for a notice.
    pub from: Option<String>,
    /// The words.
    pub text: String,
}

/// A question, and where the answer goes.
struct Question {
    /// Answer only when the answer is another than this.
    unlike: Option<String>,
    reply: Sender<String>,
}

/// The listening end. Dropping it ends and joins its thread.
pub struct Probe {
    questions: Option<Receiver<Question>>,
    waiting: Vec<Question>,
    path: PathBuf,
    /// The connection being served, to be shut down at the end; `None` inside once that has happened.
    serving: Arc<Mutex<Option<Serving>>>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Serving(Option<UnixStream>);

impl Probe {
    /// Listens at `path` and calls `wake` for each question.
    ///
    /// # Errors
    /// When there can be no socket at that path.
    pub fn start(path: &Path, wake: fn()) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let (sender, questions) = crossbeam_channel::bounded(1);
        let serving = Arc::new(Mutex::new(Some(Serving::default())));
        let thread = thread::Builder::new().name("probe".to_owned()).spawn({
            let serving = Arc::clone(&serving);
            move || listen(&listener, &serving, &sender, wake)
        })?;
        Ok(Self {
            questions: Some(questions),
            waiting: Vec::new(),
            path: path.to_owned(),
            serving,
            thread: Some(thread),
        })
    }

    /// Answers what was asked. `snapshot` is called at most once, and not at all if nobody asked.
    pub fn answer(&mut self, snapshot: impl FnOnce() -> Snapshot) {
        if let Some(questions) = &self.questions {
            self.waiting.extend(questions.try_iter());
        }
        if self.waiting.is_empty() {
            return;
        }
        let answer = serde_json::to_string(&snapshot()).expect("a snapshot is plain data");
        self.waiting.retain(|question| {
            let is_waiting = question.unlike.as_ref() == Some(&answer);
            if !is_waiting {
                // The test that asked may have gone.
                let _ = question.reply.send(answer.clone());
            }
            is_waiting
        });
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        // Each of these is what the thread may be waiting for: an answer, a question, a connection.
        self.questions = None;
        self.waiting.clear();
        if let Some(Serving(Some(stream))) = self.serving.lock().take() {
            let _ = stream.shutdown(net::Shutdown::Both);
        }
        let _ = UnixStream::connect(&self.path);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        let _ = fs::remove_file(&self.path);
    }
}

fn listen(
    listener: &UnixListener,
    serving: &Mutex<Option<Serving>>,
    questions: &Sender<Question>,
    wake: fn(),
) {
    for stream in listener.incoming() {
        let Ok(stream) = stream else { return };
        match (&mut *serving.lock(), stream.try_clone()) {
            (Some(serving), Ok(copy)) => serving.0 = Some(copy),
            _ => return,
        }
        // A connection that breaks is over, and the next may be better.
        let _ = serve(&stream, questions, wake);
    }
}

fn serve(stream: &UnixStream, questions: &Sender<Question>, wake: fn()) -> io::Result<()> {
    let mut last = None;
    for line in BufReader::new(stream).lines() {
        let unlike = match line?.trim() {
            "change" => last.take(),
            _ => None,
        };
        let (reply, answer) = crossbeam_channel::bounded(1);
        let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
        questions.send(Question { unlike, reply }).map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))?;
        wake();
        let answer = answer.recv().map_err(gone)?;
        let mut stream = stream;
        stream.write_all(answer.as_bytes())?;
        stream.write_all(b"\n")?;
        last = Some(answer);
    }
    Ok(())
}
