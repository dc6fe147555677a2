//! A server in the test's own process, on a folder of its own and a free port of the loopback.

use crate::client::Client;
use edge::{Door, Settings};
use engine::access::FirstStart;
use engine::files::FileOptions;
use engine::ports::mailer::MemoryMailer;
use engine::ports::outbound::Outbound;
use engine::ports::{FixedClock, Ports};
use engine::{Engine, Options};
use outbound::{Allowed, Guard};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use testbed::Bed;
use tokio::runtime::Runtime;

/// The owner of every test server.
pub const EMAIL: &str = "owner@example.com";
/// The owner's password.
pub const PASSWORD: &str = "correct-horse-7";
/// The owner's token, with full access.
pub const TOKEN: &str = "teable_accTestKit0000000_secretsecretsecretsecretsecretsecret42";

/// A running server; gone with the value.
pub struct Server {
    /// `http://127.0.0.1:PORT`.
    pub base: String,
    /// The rules behind it, for looks that no API gives.
    pub engine: Engine,
    /// The letters that it sent.
    pub mail: Arc<MemoryMailer>,
    /// The owner's workspace as the Donotname API spells it.
    pub space: String,
    runtime: Option<Runtime>,
    bed: Bed,
}

impl Server {
    /// Starts one with an owner, a workspace and a full-access token.
    pub fn start() -> Server {
        Server::on(Bed::new())
    }

    /// The same, that may ask these hosts, as `127.0.0.1:9999`, although they are not public.
    pub fn allowing(allowed: Allowed) -> Server {
        Server::start_with(guarded(allowed), |_| {})
    }

    /// The same with other ports, such as a clock that stands still, and other settings.
    pub fn start_with(ports: Ports, change: impl FnOnce(&mut Settings)) -> Server {
        Server::on_with(Bed::new(), ports, change)
    }

    /// Starts one whose requests to other servers go this way.
    pub fn with_outbound(outbound: Arc<dyn Outbound>) -> Server {
        Server::start_with(Ports { outbound, ..Ports::system() }, |_| {})
    }

    /// Starts one with a clock of its own.
    pub fn with_clock(clock: Arc<FixedClock>) -> Server {
        Server::start_with(Ports { clock, ..Ports::system() }, |_| {})
    }

    /// Starts one with these bounds.
    pub fn with_settings(settings: Settings) -> Server {
        Server::start_with(Ports::system(), |present| *present = settings)
    }

    /// Starts another node of this one's store on PostgreSQL. It must go before this one.
    pub fn second(&self) -> Server {
        Server::on(self.bed.second())
    }

    /// The same, reaching PostgreSQL by another port of the loopback.
    pub fn by_way_of(&self, port: u16) -> Server {
        Server::on(self.bed.by_way_of(port))
    }

    fn on(bed: Bed) -> Server {
        Server::on_with(bed, guarded(Allowed::default()), |_| {})
    }

    fn on_with(bed: Bed, ports: Ports, change: impl FnOnce(&mut Settings)) -> Server {
        let mail = Arc::new(MemoryMailer::default());
        let ports = Ports { mailer: mail.clone(), ..ports };
        // Nodes of one store share their key.
        let secret_key = Some("a key that all nodes of a test share".to_owned());
        let files = FileOptions { secret_key, ..FileOptions::default() };
        let engine = Engine::open_with(bed.store(), ports, Options { files, ..Options::default() }).expect("an engine");
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
        let owner = FirstStart { name: "Owner", email: EMAIL, password: PASSWORD, token: Some(TOKEN) };
        engine.first_start(owner).expect("a first start");
        let doors: Vec<Arc<dyn Door>> = vec![
            Arc::new(donotname::Donotname),
            Arc::new(ninox::Ninox),
            Arc::new(dynalist::Dynalist),
            Arc::new(dato::Dato),
        ];
        let mut settings = Settings::default();
        change(&mut settings);
        settings.spill_folder = bed.path().to_owned();
        let app = axum::Router::new().fallback_service(edge::mount(doors, &engine, settings));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        runtime.spawn(async move { axum::serve(listener, app).await.expect("serving") });
        let space = Client::new(&base, Some(TOKEN)).get("/api/space").expect(200).text_at("/0/id");
        Server { base, engine, mail, space, bed, runtime: Some(runtime) }
    }

    /// The place of its data.
    pub fn bed(&self) -> &Bed {
        &self.bed
    }

    /// A client with the owner's token.
    pub fn client(&self) -> Client {
        Client::new(&self.base, Some(TOKEN))
    }

    /// Where its data are.
    pub fn folder(&self) -> &std::path::Path {
        self.bed.path()
    }

    /// All bytes that it keeps, by file.
    pub fn kept(&self) -> Vec<(String, Vec<u8>)> {
        self.bed.kept()
    }

    /// A new, empty base; its id.
    pub fn new_base(&self) -> String {
        let body = json!({"spaceId": self.space, "name": "Test"});
        self.client().post("/api/base", &body).expect(201).text_at("/id")
    }

    /// Waits for a future of the engine.
    pub fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.as_ref().expect("a running server").block_on(future)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The system's ports, with a way out to these hosts.
fn guarded(allowed: Allowed) -> Ports {
    Ports { outbound: Arc::new(Guard::new(allowed)), ..Ports::system() }
}
