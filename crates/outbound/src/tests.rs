//! The guard against hostile addresses and sources. Nothing here leaves the loopback: the law of most tests says that
//! 127.0.0.2 is public and 127.0.0.1 is not.

use crate::resolve::{LookingUp, Lookup};
use crate::target::{LAW, Law, NOT_PUBLIC};
use crate::{Allowed, Guard};
use engine::ports::outbound::{Ask, Outbound, OutboundError, Purpose, Reply, Verb};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

const OWN: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 1));
const PUBLIC: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));
const TEST_LAW: Law = Law { is_public: |address| address == PUBLIC, is_usual_port: |_| true };

/// Answers the n-th question for any name with the n-th list, the last one again and again.
struct Stub {
    answers: Vec<Vec<IpAddr>>,
    asked: AtomicUsize,
}

impl Stub {
    fn new(answers: &[&[IpAddr]]) -> Arc<Stub> {
        Arc::new(Stub { answers: answers.iter().map(|list| list.to_vec()).collect(), asked: AtomicUsize::new(0) })
    }
}

impl Lookup for Stub {
    fn lookup(&self, _: &str) -> LookingUp {
        let n = self.asked.fetch_add(1, Ordering::SeqCst);
        let found = self.answers.get(n).or(self.answers.last()).cloned();
        Box::pin(async move { found.ok_or_else(|| std::io::Error::other("no such name")) })
    }
}

/// A server that writes the same bytes to every connection, and keeps what it was sent.
struct Source {
    port: u16,
    connections: Arc<AtomicUsize>,
    requests: Arc<std::sync::Mutex<Vec<String>>>,
}

impl Source {
    async fn at(address: IpAddr, answer: impl Into<String>) -> Source {
        Source::with(address, move |_| answer).await
    }

    /// The answer may need to know the port.
    async fn with<A: Into<String>>(address: IpAddr, answer: impl FnOnce(u16) -> A) -> Source {
        let listener = TcpListener::bind((address, 0)).await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let answer: String = answer(port).into();
        let (connections, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(std::sync::Mutex::new(Vec::new())));
        let (count, kept) = (connections.clone(), requests.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (answer, kept) = (answer.clone(), kept.clone());
                tokio::spawn(async move {
                    let mut head = vec![0; 65536];
                    let n = stream.read(&mut head).await.unwrap_or(0);
                    kept.lock().expect("a lock").push(String::from_utf8_lossy(&head[..n]).into_owned());
                    drop(stream.write_all(answer.as_bytes()).await);
                    // What has no end stays open until the other side goes.
                    if answer.contains("X-Hang") {
                        drop(stream.read(&mut head).await);
                    }
                });
            }
        });
        Source { port, connections, requests }
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("a lock").clone()
    }
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nContent-Type: text/plain\r\n\r\n{body}", body.len())
}

fn redirect(status: u16, to: &str) -> String {
    format!("HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n")
}

fn ask(url: impl Into<String>) -> Ask {
    Ask {
        purpose: Purpose::File,
        verb: Verb::Get,
        url: url.into(),
        headers: Vec::new(),
        body: Vec::new(),
        most: 1000,
        within: Duration::from_secs(20),
    }
}

fn post(url: impl Into<String>) -> Ask {
    let headers = vec![("x-delivery".to_owned(), "7".to_owned())];
    Ask { purpose: Purpose::Webhook, verb: Verb::Post, body: b"{}".to_vec(), headers, ..ask(url) }
}

fn guard(lookup: Arc<Stub>) -> Guard {
    Guard::of(Allowed::default(), TEST_LAW, lookup)
}

fn listing(hosts: &str) -> Guard {
    let hosts: crate::Hosts = hosts.parse().expect("hosts");
    Guard::of(Allowed { fetch: hosts.clone(), webhook: hosts }, LAW, Stub::new(&[&[OWN]]))
}

async fn whole(mut reply: Reply) -> std::io::Result<String> {
    let mut text = String::new();
    reply.body.read_to_string(&mut text).await.map(|_| text)
}

fn refusal(result: Result<Reply, OutboundError>) -> String {
    match result {
        Err(OutboundError::Refused(why)) => why,
        Err(OutboundError::Failed(why)) => panic!("failed, not refused: {why}"),
        Ok(reply) => panic!("answered {}", reply.status),
    }
}

fn failure(result: Result<Reply, OutboundError>) -> String {
    match result {
        Err(OutboundError::Failed(why)) => why,
        Err(OutboundError::Refused(why)) => panic!("refused, not failed: {why}"),
        Ok(reply) => panic!("answered {}", reply.status),
    }
}

#[tokio::test]
async fn a_hostile_address_is_refused_before_any_connection_and_any_look_up() {
    let trap = Source::at(OWN, ok("inside")).await;
    let stub = Stub::new(&[&[OWN]]);
    let guard = Guard::of(Allowed::default(), LAW, stub.clone());
    let port = trap.port;
    let not_public = [
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        format!("http://127.0.0.1:{port}/"),
        "http://127.0.0.1/".to_owned(),
        "http://127.1/".to_owned(),
        "http://0/".to_owned(),
        "http://0x7f000001/".to_owned(),
        format!("http://0x7f.1:{port}/"),
        "http://2130706433/".to_owned(),
        "http://017700000001/".to_owned(),
        "http://0177.0.0.1/".to_owned(),
        "http://１２７.0.0.1/".to_owned(),
        "http://127。0。0。1/".to_owned(),
        "http://%31%32%37.0.0.1/".to_owned(),
        format!("http://[::1]:{port}/"),
        "http://[::]/".to_owned(),
        "http://[::ffff:10.0.0.1]/".to_owned(),
        "http://[::ffff:7f00:1]/".to_owned(),
        "http://[::127.0.0.1]/".to_owned(),
        "http://[fe80::1]/".to_owned(),
        "http://[fd00:ec2::254]/".to_owned(),
        "http://[fec0::1]/".to_owned(),
        "http://[64:ff9b::7f00:1]/".to_owned(),
        "http://[64:ff9b:1::7f00:1]/".to_owned(),
        "http://[2002:7f00:1::]/".to_owned(),
        "http://[2001::1]/".to_owned(),
        "https://10.1.2.3/".to_owned(),
        "https://100.64.0.1/".to_owned(),
        "http://255.255.255.255/".to_owned(),
    ];
    for url in &not_public {
        assert_eq!(refusal(guard.ask(ask(url)).await), NOT_PUBLIC, "{url}");
    }
    let malformed = [
        "file:///etc/passwd",
        "ftp://a.example/",
        "gopher://a.example/",
        "data:text/plain,x",
        "jar:http://a.example/x!/",
        "unix:/run/x.sock",
        "http+unix://x/",
        "//a.example/",
        "a.example",
        "",
        "http://",
        "http://user@a.example/",
        "http://user:word@a.example/",
        "http://a.example:22/",
        "http://a.example:8080/",
        "http://a.example\\@b.example/",
        "http://a.example/\r\nHost: b",
        "http://a.exa mple/",
        "http://a.example:99999/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
    ];
    for url in malformed {
        refusal(guard.ask(ask(url)).await);
    }
    refusal(guard.ask(ask(format!("http://a.example/{}", "a".repeat(5000)))).await);
    assert_eq!(trap.connections(), 0, "nothing was connected to");
    assert_eq!(stub.asked.load(Ordering::SeqCst), 0, "nothing was looked up");
}

#[tokio::test]
async fn a_name_that_leads_inside_and_one_that_is_not_there_are_one_answer() {
    let trap = Source::at(OWN, ok("inside")).await;
    let url = format!("http://inside.example:{}/", trap.port);
    assert_eq!(refusal(guard(Stub::new(&[&[OWN]])).ask(ask(&url)).await), NOT_PUBLIC);
    assert_eq!(refusal(guard(Stub::new(&[])).ask(ask(&url)).await), NOT_PUBLIC);
    assert_eq!(refusal(guard(Stub::new(&[&[]])).ask(ask(&url)).await), NOT_PUBLIC);
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn a_name_that_is_bound_anew_reaches_only_addresses_that_were_checked() {
    let outside = Source::at(PUBLIC, ok("outside")).await;
    let inside = TcpListener::bind((OWN, outside.port)).await.expect("the same port inside");
    let stub = Stub::new(&[&[PUBLIC], &[OWN], &[OWN, PUBLIC]]);
    let guard = guard(stub.clone());
    let url = format!("http://rebound.example:{}/", outside.port);
    let reply = guard.ask(ask(&url)).await.expect("the first time it is public");
    assert_eq!(stub.asked.load(Ordering::SeqCst), 1, "what was checked is what was connected to");
    assert_eq!(whole(reply).await.expect("a body"), "outside");
    assert_eq!(refusal(guard.ask(ask(&url)).await), NOT_PUBLIC);
    // Of several addresses only the public one is tried.
    let reply = guard.ask(ask(&url)).await.expect("one of them is public");
    assert_eq!(whole(reply).await.expect("a body"), "outside");
    assert_eq!(outside.connections(), 2);
    let knocked = tokio::select! { biased; _ = inside.accept() => true, () = std::future::ready(()) => false };
    assert!(!knocked, "nothing came inside");
}

#[tokio::test]
async fn a_redirection_is_checked_as_if_somebody_had_given_it() {
    let trap = Source::at(OWN, ok("inside")).await;
    for status in [301, 302, 303, 307, 308] {
        for to in [
            format!("http://127.0.0.1:{}/", trap.port),
            "file:///etc/passwd".to_owned(),
            "http://user@127.0.0.2/".to_owned(),
            "http://2130706433/".to_owned(),
            "//[::1]/".to_owned(),
        ] {
            let source = Source::at(PUBLIC, redirect(status, &to)).await;
            refusal(guard(Stub::new(&[])).ask(ask(format!("http://127.0.0.2:{}/", source.port))).await);
        }
    }
    let by_name = Source::at(PUBLIC, redirect(302, &format!("http://inside.example:{}/", trap.port))).await;
    let asked = guard(Stub::new(&[&[OWN]])).ask(ask(format!("http://127.0.0.2:{}/", by_name.port))).await;
    assert_eq!(refusal(asked), NOT_PUBLIC);
    assert_eq!(trap.connections(), 0);
}

#[tokio::test]
async fn three_redirections_are_followed_and_a_loop_ends() {
    let end = Source::at(PUBLIC, ok("the end")).await;
    let mut next = format!("http://127.0.0.2:{}/file%20name.txt#part", end.port);
    let mut chain = Vec::new();
    for status in [302, 307, 301, 308] {
        let source = Source::at(PUBLIC, redirect(status, &next)).await;
        next = format!("http://127.0.0.2:{}/", source.port);
        chain.push((next.clone(), source));
    }
    let guard = guard(Stub::new(&[]));
    let reply = guard.ask(ask(&chain[2].0)).await.expect("three are followed");
    assert_eq!(reply.file_name.as_deref(), Some("file name.txt"));
    assert_eq!(reply.content_type.as_deref(), Some("text/plain"));
    assert_eq!(whole(reply).await.expect("a body"), "the end");
    assert!(end.requests()[0].starts_with("GET /file%20name.txt HTTP/1.1\r\n"), "the fragment is not sent");
    assert_eq!(failure(guard.ask(ask(&chain[3].0)).await), "the address redirects too often");
    let circle = Source::with(PUBLIC, |port| redirect(302, &format!("http://127.0.0.2:{port}/"))).await;
    let url = format!("http://127.0.0.2:{}/", circle.port);
    assert_eq!(failure(guard.ask(ask(url)).await), "the address redirects too often");
    assert_eq!(circle.connections(), 4);
    let nowhere = Source::at(PUBLIC, "HTTP/1.1 302 Moved\r\nContent-Length: 0\r\n\r\n").await;
    failure(guard.ask(ask(format!("http://127.0.0.2:{}/", nowhere.port))).await);
}

#[tokio::test]
async fn what_is_posted_is_not_sent_where_a_redirection_only_points() {
    let end = Source::at(PUBLIC, ok("")).await;
    let to = format!("http://127.0.0.2:{}/", end.port);
    let guard = guard(Stub::new(&[]));
    for status in [301, 302, 303] {
        let source = Source::at(PUBLIC, redirect(status, &to)).await;
        failure(guard.ask(post(format!("http://127.0.0.2:{}/", source.port))).await);
    }
    assert_eq!(end.connections(), 0);
    let source = Source::at(PUBLIC, redirect(307, &to)).await;
    let reply = guard.ask(post(format!("http://127.0.0.2:{}/", source.port))).await.expect("307 says again");
    assert_eq!(reply.status, 200);
    let (first, second) = (source.requests().concat(), end.requests().concat());
    assert!(first.contains("x-delivery: 7") && first.ends_with("{}"), "{first}");
    assert!(second.starts_with("POST") && second.ends_with("{}"), "{second}");
    assert!(!second.contains("x-delivery"), "headers are for the host that they were meant for: {second}");
}

#[tokio::test]
async fn a_listed_host_may_be_private_and_its_redirections_are_checked_anew() {
    let source = Source::at(OWN, ok("inside")).await;
    let url = format!("http://127.0.0.1:{}/", source.port);
    let guard = listing(&format!("127.0.0.1:{0}, files.internal:{0}", source.port));
    assert_eq!(whole(guard.ask(ask(&url)).await.expect("listed")).await.expect("a body"), "inside");
    let by_name = format!("http://Files.Internal:{}/", source.port);
    assert_eq!(guard.ask(ask(by_name)).await.expect("listed by name").status, 200);
    let other = Source::at(OWN, ok("not listed")).await;
    assert_eq!(refusal(guard.ask(ask(format!("http://127.0.0.1:{}/", other.port))).await), NOT_PUBLIC);
    let leads_away = Source::at(OWN, redirect(302, &format!("http://127.0.0.1:{}/", other.port))).await;
    let guard = listing(&format!("127.0.0.1:{}", leads_away.port));
    assert_eq!(refusal(guard.ask(ask(format!("http://127.0.0.1:{}/", leads_away.port))).await), NOT_PUBLIC);
    assert_eq!(other.connections(), 0);
    // Each purpose has its own list.
    let hosts: crate::Hosts = format!("127.0.0.1:{}", source.port).parse().expect("hosts");
    let for_files = Guard::new(Allowed { fetch: hosts, ..Allowed::default() });
    assert_eq!(refusal(for_files.ask(post(&url)).await), NOT_PUBLIC);
}

#[tokio::test]
async fn an_answer_is_bounded_in_bytes() {
    let guard = guard(Stub::new(&[]));
    let declared = Source::at(PUBLIC, "HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\nX-Hang: 1\r\n\r\n").await;
    let url = |source: &Source| format!("http://127.0.0.2:{}/", source.port);
    assert!(failure(guard.ask(ask(url(&declared))).await).contains("larger than 1000 bytes"), "at once");
    let endless = Source::at(PUBLIC, format!("HTTP/1.1 200 OK\r\nX-Hang: 1\r\n\r\n{}", "x".repeat(100_000))).await;
    let reply = guard.ask(ask(url(&endless))).await.expect("a head");
    assert_eq!(whole(reply).await.expect_err("too large").kind(), std::io::ErrorKind::FileTooLarge);
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunked = Source::at(PUBLIC, format!("{chunked}FFFF\r\n{}\r\n0\r\n\r\n", "x".repeat(0xffff))).await;
    let reply = guard.ask(ask(url(&chunked))).await.expect("a head");
    assert_eq!(whole(reply).await.expect_err("too large").kind(), std::io::ErrorKind::FileTooLarge);
    let short = Source::at(PUBLIC, "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nonly this").await;
    let reply = guard.ask(ask(url(&short))).await.expect("a head");
    assert_eq!(whole(reply).await.expect_err("it lied").kind(), std::io::ErrorKind::UnexpectedEof);
    let long = Source::at(PUBLIC, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more").await;
    let reply = guard.ask(ask(url(&long))).await.expect("a head");
    assert_eq!(whole(reply).await.expect("what was declared"), "four");
    let exact = Source::at(PUBLIC, ok(&"x".repeat(1000))).await;
    let reply = guard.ask(ask(url(&exact))).await.expect("a head");
    assert_eq!(whole(reply).await.expect("all of it").len(), 1000);
    let heads = "X-A: b\r\n".repeat(100);
    let headers = Source::at(PUBLIC, format!("HTTP/1.1 200 OK\r\n{heads}Content-Length: 0\r\n\r\n")).await;
    failure(guard.ask(ask(url(&headers))).await);
    let line = "x".repeat(1 << 20);
    let head = Source::at(PUBLIC, format!("HTTP/1.1 200 OK\r\nX-A: {line}\r\nX-Hang: 1\r\n")).await;
    failure(guard.ask(ask(url(&head))).await);
}

#[tokio::test]
async fn a_compressed_answer_is_refused() {
    let guard = guard(Stub::new(&[]));
    for header in ["Content-Encoding: gzip", "Content-Encoding: br", "Transfer-Encoding: gzip, chunked"] {
        let source = Source::at(PUBLIC, format!("HTTP/1.1 200 OK\r\n{header}\r\nX-Hang: 1\r\n\r\n")).await;
        failure(guard.ask(ask(format!("http://127.0.0.2:{}/", source.port))).await);
    }
    let plain =
        Source::at(PUBLIC, "HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 2\r\n\r\nok").await;
    let reply = guard.ask(ask(format!("http://127.0.0.2:{}/", plain.port))).await.expect("not compressed");
    assert_eq!(whole(reply).await.expect("a body"), "ok");
    let said = plain.requests().concat();
    assert!(said.contains("accept-encoding: identity"), "{said}");
}

#[tokio::test]
async fn a_source_that_never_ends_is_left_when_its_time_is_over() {
    let silent = Source::at(PUBLIC, "HTTP/1.1 200 OK\r\nX-Hang: 1").await;
    let guard = guard(Stub::new(&[]));
    let within = Duration::from_millis(200);
    let url = format!("http://127.0.0.2:{}/", silent.port);
    assert_eq!(failure(guard.ask(Ask { within, ..ask(url) }).await), "there was no answer in time");
    let hangs = Source::at(PUBLIC, "HTTP/1.1 200 OK\r\nX-Hang: 1\r\nContent-Length: 900\r\n\r\nsome").await;
    let url = format!("http://127.0.0.2:{}/", hangs.port);
    let reply = guard.ask(Ask { within, ..ask(url) }).await.expect("a head");
    assert_eq!(whole(reply).await.expect_err("the rest never comes").kind(), std::io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn a_request_says_nothing_that_its_asker_must_not_say() {
    let source = Source::at(PUBLIC, ok("")).await;
    let url = format!("http://127.0.0.2:{}/", source.port);
    let guard = guard(Stub::new(&[]));
    for (name, value) in [("Host", "a"), ("Content-Length", "1"), ("Transfer-Encoding", "chunked"), ("x\r\ny", "z")] {
        let headers = vec![(name.to_owned(), value.to_owned())];
        refusal(guard.ask(Ask { headers, ..ask(&url) }).await);
    }
    let headers = vec![("x-a".to_owned(), "b\r\nx-c: d".to_owned())];
    refusal(guard.ask(Ask { headers, ..ask(&url) }).await);
    assert_eq!(source.connections(), 0);
}
