//! S24: a scan whose client hangs up is stopped, through all layers down to the store.

mod support;

use axum::Router;
use axum::extract::State;
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use edge::{Answer, Call, Door, Endpoint, Routes, Settings};
use engine::{Engine, GO_ON, Weight};
use model::query::Query;
use model::{Actor, DatabaseKey, Error, TableId};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Sender, TryRecvError, channel};
use support::{Table, log};
use testkit::server::Server;

static ENDPOINTS: &[Endpoint] =
    &[Endpoint { method: Method::GET, path: "/{name}", name: "scan", summary: "", needs: "" }];

/// A door whose one request reads a table again and again until it is stopped.
#[derive(Clone)]
struct Endless {
    engine: Engine,
    database: DatabaseKey,
    begun: Sender<String>,
    ended: Sender<(String, Error)>,
}

impl Door for Endless {
    fn name(&self) -> &'static str {
        "endless"
    }

    fn prefixes(&self) -> &'static [&'static str] {
        &["/endless"]
    }

    fn endpoints(&self) -> &'static [Endpoint] {
        ENDPOINTS
    }

    fn router(&self, _: Engine) -> Router {
        Routes::new(self.prefixes(), ENDPOINTS).on("scan", scan).finish(self.clone())
    }

    fn render_error(&self, error: &Error, _: &str) -> Response {
        error.to_string().into_response()
    }
}

async fn scan(State(door): State<Endless>, call: Call) -> Answer {
    let (name, actor) = (call.segment("name").to_owned(), Arc::new(Actor::local(None)));
    let Endless { engine, database, begun, ended } = door;
    let read = engine.read(&actor, database, Weight::Scan, move |view| -> model::Result<()> {
        // It may be run a first time to learn what it asks: it has begun when there are rows.
        let mut has_rows = false;
        let error = loop {
            let each = &mut |_: &engine::RecordRow<'_>| {
                if !has_rows {
                    begun.send(name.clone()).expect("somebody listens");
                }
                has_rows = true;
                Ok(GO_ON)
            };
            if let Err(error) = view.select(&Query::table(TableId(1)), each) {
                break error;
            }
        };
        if has_rows {
            // The test may be over, so that nobody listens any more.
            let _ = ended.send((name.clone(), error.clone()));
        }
        Err(error)
    });
    read.await?;
    Ok(().into_response())
}

/// A connection that has asked for an endless scan.
fn ask(address: SocketAddr, name: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("a connection");
    write!(stream, "GET /endless/{name} HTTP/1.1\r\nhost: {address}\r\n\r\n").expect("a request");
    stream
}

#[test]
fn a_scan_whose_client_hangs_up_stops_and_others_go_on() {
    let server = Server::start();
    let table = Table::plain(&server.client(), &server.new_base());
    let records: Vec<Value> = (0..500).map(|i| json!({"Name": format!("row {i}")})).collect();
    table.create(&records);
    let ((begun, has_begun), (ended, has_ended)) = (channel(), channel());
    let door = Endless { engine: server.engine.clone(), database: log::key_of(&table.base), begun, ended };
    let settings = Settings { spill_folder: server.folder().to_owned(), ..Settings::default() };
    let app = Router::new().fallback_service(edge::mount(vec![Arc::new(door)], &server.engine, settings));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move { axum::serve(listener, app).await.expect("serving") });

    let mut stayer = ask(address, "stayer");
    assert_eq!(has_begun.recv().as_deref(), Ok("stayer"));
    let leaver = ask(address, "leaver");
    assert_eq!(has_begun.recv().as_deref(), Ok("leaver"));
    drop(leaver);
    // The one that stays began earlier, so the bound in time would have stopped it first.
    assert_eq!(has_ended.recv(), Ok(("leaver".to_owned(), Error::TimedOut)));
    assert_eq!(has_ended.try_recv(), Err(TryRecvError::Empty), "the other goes on");
    assert_eq!(table.all().len(), 500, "and the server answers others");
    stayer.set_nonblocking(true).expect("a socket");
    assert!(stayer.read(&mut [0; 1]).is_err(), "nothing has been answered to it yet");
    drop(stayer);
    assert_eq!(has_ended.recv(), Ok(("stayer".to_owned(), Error::TimedOut)));
    runtime.shutdown_background();
}
