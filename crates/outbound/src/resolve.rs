//! Names to addresses. The connector asks here and nowhere else, and is only handed addresses that are checked, so a
//! name that means something else a moment later changes nothing.

use crate::target::{Law, NOT_PUBLIC};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// What [`Lookup::lookup`] gives.
pub type LookingUp = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Where names are looked up.
pub trait Lookup: Send + Sync {
    /// The addresses of a name.
    fn lookup(&self, name: &str) -> LookingUp;
}

/// The resolver of the system.
pub struct SystemLookup;

impl Lookup for SystemLookup {
    fn lookup(&self, name: &str) -> LookingUp {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver that hands out public addresses only.
pub struct Checked {
    pub lookup: Arc<dyn Lookup>,
    pub law: Law,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, law) = (self.lookup.lookup(name.as_str()), self.law);
        Box::pin(async move {
            // A name that is not there and one that is somebody's own are told apart by nobody.
            let found = found.await.map_err(|_| NotPublic)?;
            let public: Vec<IpAddr> = found.into_iter().filter(|address| (law.is_public)(*address)).collect();
            if public.is_empty() { Err(NotPublic.into()) } else { Ok(addresses(public)) }
        })
    }
}

/// A resolver for hosts that are listed: whatever they resolve to.
pub struct Open {
    pub lookup: Arc<dyn Lookup>,
}

impl Resolve for Open {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.lookup.lookup(name.as_str());
        Box::pin(async move { Ok(addresses(found.await?)) })
    }
}

fn addresses(found: Vec<IpAddr>) -> Addrs {
    // Port 0: the connector takes that of the URL.
    Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)))
}

/// None of a name's addresses is public.
#[derive(Debug)]
pub struct NotPublic;

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NOT_PUBLIC)
    }
}

impl std::error::Error for NotPublic {}

/// Whether an error is, somewhere below, that no address is public.
pub fn is_not_public(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<NotPublic>() {
            return true;
        }
        next = error.source();
    }
    false
}
