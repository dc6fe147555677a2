//! What is the same for all requests.

use crate::admission::Admission;
use crate::door::Door;
use crate::limit::Limits;
use crate::metrics::Metrics;
use crate::settings::Settings;
use engine::Engine;
use model::time::Instant;
use std::sync::Arc;

/// What is around every request.
pub(crate) struct Around {
    pub settings: Arc<Settings>,
    pub metrics: Arc<Metrics>,
    pub doors: Vec<Arc<dyn Door>>,
    pub limits: Limits,
    pub admission: Admission,
    /// None in tests of doors alone.
    pub engine: Option<Engine>,
}

impl Around {
    pub fn new(doors: Vec<Arc<dyn Door>>, engine: Option<Engine>, settings: Settings) -> Around {
        Around {
            metrics: Arc::new(Metrics::new(doors.iter().map(|door| &**door))),
            doors,
            limits: Limits::new(settings.rate_limits),
            admission: Admission::new(settings.requests_at_once),
            engine,
            settings: Arc::new(settings),
        }
    }

    /// The time of the engine's clock.
    pub fn now(&self) -> Instant {
        self.engine.as_ref().map_or_else(Instant::now, Engine::now)
    }
}

impl Default for Around {
    fn default() -> Around {
        Around::new(Vec::new(), None, Settings::default())
    }
}
