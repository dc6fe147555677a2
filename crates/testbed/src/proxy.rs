//! A proxy before PostgreSQL that reads what passes, and cuts connections where a test wants it.
//!
//! It understands just enough of the protocol, without TLS: which statements are sent, and that an answer has come.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

/// Where a connection is cut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cut {
    /// The statement does not reach the server.
    Before,
    /// The server has carried it out, and its answer does not come back.
    After,
    /// The client loses the connection with the transaction that the statement opens, when it commits; the server gets
    /// all of it only when the test delivers it.
    Late,
}

/// What a connection sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The number of the connection, from 1.
    pub connection: u64,
    pub text: String,
}

/// Tells of each statement whether and where to cut: the statements that its connection sent before, and its own text. A
/// prepared statement that is a transaction by itself is asked about when it is run, too, with [`ALONE`] before its text.
pub type Judge = Box<dyn FnMut(&[String], &str) -> Option<Cut> + Send>;

/// What stands before the text of a statement that is run outside a transaction and moves the sequence of a database.
pub const ALONE: &str = "-- alone\n";

/// A running proxy; gone with the value.
pub struct Proxy {
    pub port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: String,
    refuses: AtomicBool,
    count: AtomicU64,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    judge: Option<Judge>,
    sent: Vec<Sent>,
    open: Vec<(u64, TcpStream, TcpStream)>,
    cuts: usize,
    /// What the server has not got yet.
    late: Vec<(u64, TcpStream, Vec<u8>)>,
}

impl Proxy {
    /// Starts one before the server at an address like `127.0.0.1:5432`.
    pub fn start(server: &str) -> Proxy {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            server: server.to_owned(),
            refuses: AtomicBool::new(false),
            count: AtomicU64::new(0),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let accepting = Arc::downgrade(&shared);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let (Ok(client), Some(shared)) = (client, accepting.upgrade()) else { return };
                // One that is refused is closed at once, as the port of a server that is away.
                if !shared.refuses.load(Ordering::SeqCst) {
                    shared.take(client);
                }
            }
        });
        Proxy { port, shared }
    }

    /// From now on statements are judged; in the place of another judge.
    pub fn judge(&self, judge: impl FnMut(&[String], &str) -> Option<Cut> + Send + 'static) {
        self.shared.state().judge = Some(Box::new(judge));
    }

    /// Cuts the next commit of a transaction that writes to a database.
    pub fn cut_commit(&self, cut: Cut) {
        let mut cuts = Some(cut);
        self.judge(move |before, text| {
            // Writes of the home store begin in the same way, but do not lock the row of a sequence. The lock was
            // prepared before, maybe long before; a connection that has it belongs to databases.
            let of_databases = before.iter().any(|text| text.contains("FOR UPDATE") || text.contains("UPDATE state"));
            let writes = |opening: &str| opening.contains("lock_timeout");
            cuts.take_if(|cut| match cut {
                _ if text.starts_with(ALONE) => true,
                Cut::Late => of_databases && opens(text) && writes(text),
                Cut::Before | Cut::After => {
                    of_databases
                        && commits(text)
                        && before.iter().rfind(|text| opens(text)).is_some_and(|text| writes(text))
                }
            })
        });
    }

    /// Hands the server what it was to get late, and waits until it has answered it, in whatever way.
    pub fn deliver(&self) {
        let late = std::mem::take(&mut self.shared.state().late);
        for (number, mut server, messages) in late {
            server.write_all(&messages).expect("a server that listens");
            // It ends the connection, too, when it is through with what it was sent.
            server.shutdown(Shutdown::Write).expect("an end");
            let state = self.shared.state();
            let is_open = |state: &mut State| state.open.iter().any(|(other, _, _)| *other == number);
            drop(self.shared.changed.wait_while(state, is_open));
        }
    }

    /// Cuts all connections and refuses new ones, as if the server were away.
    pub fn go_away(&self) {
        self.shared.refuses.store(true, Ordering::SeqCst);
        for (_, client, server) in self.shared.state().open.drain(..) {
            close(&client, &server);
        }
    }

    /// Accepts connections again.
    pub fn come_back(&self) {
        self.shared.refuses.store(false, Ordering::SeqCst);
    }

    /// All statements that were sent so far, in order for each connection.
    pub fn sent(&self) -> Vec<Sent> {
        self.shared.state().sent.clone()
    }

    /// Waits until this many connections were cut.
    pub fn wait_for_cuts(&self, cuts: usize) {
        let state = self.shared.state();
        drop(self.shared.changed.wait_while(state, |state| state.cuts < cuts));
    }

    /// How many connections were cut where the judge said so.
    pub fn cuts(&self) -> usize {
        self.shared.state().cuts
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.go_away();
        // Wakes the thread that accepts, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Shared>, client: TcpStream) {
        let Ok(server) = TcpStream::connect(&self.server) else { return };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let number = self.count.fetch_add(1, Ordering::Relaxed) + 1;
        let both = |stream: &TcpStream| stream.try_clone().expect("a handle");
        self.state().open.push((number, both(&client), both(&server)));
        if self.refuses.load(Ordering::SeqCst) {
            // It went away meanwhile, and may not have seen this one.
            return self.end(number, &client, &server);
        }
        // Set once answers are not passed on.
        let swallows = Arc::new(OnceLock::new());
        let (shared, there, back, swallowing) = (self.clone(), both(&client), both(&server), swallows.clone());
        std::thread::spawn(move || shared.statements(number, there, back, &swallowing));
        let shared = self.clone();
        std::thread::spawn(move || shared.answers(number, server, client, &swallows));
    }

    /// From the client to the server.
    fn statements(&self, number: u64, mut client: TcpStream, mut server: TcpStream, swallows: &OnceLock<Swallow>) {
        let (mut before, mut late) = (Vec::new(), None);
        let mut prepared = HashMap::new();
        let mut is_first = true;
        while let Some(message) = read_message(&mut client, is_first) {
            let text = if is_first { None } else { text_of(&message, &mut prepared) };
            let alone = if is_first { None } else { alone(&message, &prepared, &before) };
            is_first = false;
            let cut = text.as_ref().or(alone.as_ref()).and_then(|text| {
                let mut state = self.state();
                if alone.is_none() {
                    state.sent.push(Sent { connection: number, text: text.clone() });
                }
                state.judge.as_mut().and_then(|judge| judge(&before, text))
            });
            let is_end = match swallows.get() {
                Some(Swallow { is_alone: true, .. }) => message[0] == SYNC,
                _ => text.as_ref().is_some_and(|text| commits(text)),
            };
            before.extend(text);
            let is_alone = alone.is_some();
            if cut == Some(Cut::Before) {
                self.cut();
                break;
            }
            if cut == Some(Cut::Late) {
                let _ = swallows.set(Swallow { cut: Cut::Late, is_alone });
                late = Some(Vec::new());
            }
            if let Some(late) = &mut late {
                late.extend_from_slice(&message);
                if is_end {
                    self.state().late.push((number, server, std::mem::take(late)));
                    let _ = client.shutdown(Shutdown::Both);
                    return self.cut();
                }
                continue;
            }
            if cut == Some(Cut::After) {
                let _ = swallows.set(Swallow { cut: Cut::After, is_alone });
            }
            if server.write_all(&message).is_err() {
                break;
            }
            if swallows.get().is_some_and(|swallow| !swallow.is_alone || message[0] == SYNC) {
                // The other direction closes both when the answer has come.
                return;
            }
        }
        self.end(number, &client, &server);
    }

    /// From the server to the client.
    fn answers(&self, number: u64, mut server: TcpStream, mut client: TcpStream, swallows: &OnceLock<Swallow>) {
        let (mut buffer, mut swallowed) = (vec![0; 64 << 10], Vec::new());
        while let Ok(many @ 1..) = server.read(&mut buffer) {
            match swallows.get() {
                Some(Swallow { cut: Cut::After, is_alone }) => {
                    swallowed.extend_from_slice(&buffer[..many]);
                    if is_done(&swallowed, *is_alone) {
                        self.cut();
                        break;
                    }
                }
                Some(_) => {}
                None if client.write_all(&buffer[..many]).is_err() => break,
                None => {}
            }
        }
        self.end(number, &client, &server);
    }

    fn cut(&self) {
        self.state().cuts += 1;
        self.changed.notify_all();
    }

    fn end(&self, number: u64, client: &TcpStream, server: &TcpStream) {
        close(client, server);
        self.state().open.retain(|(other, _, _)| *other != number);
        self.changed.notify_all();
    }
}

/// From where on answers are not passed on.
struct Swallow {
    cut: Cut,
    /// Whether the statement is a transaction by itself.
    is_alone: bool,
}

/// The kind of the message that ends a statement and what belongs to it.
const SYNC: u8 = b'S';

/// Whether a text begins a transaction; it may end one before.
fn opens(text: &str) -> bool {
    text.contains("BEGIN ")
}

/// Whether a text ends a transaction well; it may begin another.
pub fn commits(text: &str) -> bool {
    text.split("; ").any(|part| part == "COMMIT")
}

/// Whether a commit's answer is among these bytes, which may have answers of earlier statements before it.
fn is_done(bytes: &[u8], is_alone: bool) -> bool {
    let done: &[u8] = if is_alone { b"UPDATE 1" } else { b"COMMIT" };
    bytes.windows(done.len()).any(|window| window == done)
}

fn close(client: &TcpStream, server: &TcpStream) {
    let _ = (client.shutdown(Shutdown::Both), server.shutdown(Shutdown::Both));
}

/// The next message of a client, whole. The first of a connection has no byte for its kind.
fn read_message(stream: &mut TcpStream, is_first: bool) -> Option<Vec<u8>> {
    let head = if is_first { 4 } else { 5 };
    let mut message = vec![0; head];
    stream.read_exact(&mut message).ok()?;
    let length: [u8; 4] = message[head - 4..].try_into().ok()?;
    let rest = (u32::from_be_bytes(length) as usize).checked_sub(4)?;
    message.resize(head + rest, 0);
    stream.read_exact(&mut message[head..]).ok()?;
    Some(message)
}

/// The text of a statement in a message: of a query in the simple protocol, or one to be prepared, which is kept by its
/// name.
fn text_of(message: &[u8], prepared: &mut HashMap<Vec<u8>, String>) -> Option<String> {
    let (first, rest) = string(&message[5..])?;
    let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    match message[0] {
        b'Q' => Some(lossy(first)),
        // Its name comes first.
        b'P' => {
            let text = lossy(string(rest)?.0);
            prepared.insert(first.to_owned(), text.clone());
            Some(text)
        }
        _ => None,
    }
}

/// The text of a statement that a message has run as a transaction by itself, and that moves the sequence of a database.
fn alone(message: &[u8], prepared: &HashMap<Vec<u8>, String>, before: &[String]) -> Option<String> {
    if message[0] != b'B' {
        return None;
    }
    // The name of a portal comes first.
    let (name, _) = string(string(&message[5..])?.1)?;
    let text = prepared.get(name).filter(|text| text.contains("UPDATE state SET seq"))?;
    let ends = |text: &&String| commits(text) || *text == "ROLLBACK";
    let last = before.iter().rfind(|text| opens(text) || ends(text));
    last.is_none_or(|text| !opens(text)).then(|| format!("{ALONE}{text}"))
}

/// A string that ends with a zero, and what comes behind it.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == 0)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}
