//! The asking side: the command line.

use super::{LONGEST_LINE, Question, Reply, VERSION, address};
use crate::commands::{Order, Outcome};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

/// Has the server that listens at `socket` do something.
pub fn ask(socket: &Path, order: Order) -> Result<Outcome, String> {
    let line = exchange(socket, &Question { version: VERSION, order });
    let line = line.map_err(|error| {
        format!("the data folder is used by another process that does not answer at {}: {error}", socket.display())
    })?;
    let reply: Reply = serde_json::from_str(&line)
        .map_err(|_| "the server answers in another version of the control protocol: use its own program".to_owned())?;
    reply.result
}

fn exchange(socket: &Path, question: &Question) -> std::io::Result<String> {
    let (address, _folder) = address(socket)?;
    let mut stream = UnixStream::connect(address)?;
    let mut line = serde_json::to_vec(question)?;
    line.push(b'\n');
    stream.write_all(&line)?;
    let mut answer = String::new();
    // A backup takes its time, so there is no limit to it here.
    BufReader::new(stream).take(LONGEST_LINE).read_line(&mut answer)?;
    if answer.is_empty() { Err(std::io::ErrorKind::UnexpectedEof.into()) } else { Ok(answer) }
}
