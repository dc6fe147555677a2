//! Importing: the whole file is judged first, then written a batch at a time.
//!
//! A batch is a write of its own, so that others' writes come between and memory stays flat. All of them carry one
//! client's name: when a later one cannot be written after all, those before are undone in reverse, and who imported
//! can do the same later. The work goes on when whoever asked goes away.

use crate::check::{self, Findings};
use crate::number::Point;
use crate::report::{Report, RowError};
use crate::rows::{Batch, Rows};
use crate::sniff::Format;
use crate::source::Source;
use crate::write::{self, Counts, Part};
use engine::{Engine, LongWork, View, Weight, WriteContext};
use engine::{Receipt, UndoOutcome};
use model::{Actor, DatabaseKey, Error, FieldId, Result, TableId};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Where rows go.
#[derive(Clone, Debug)]
pub struct Target {
    pub database: DatabaseKey,
    pub table: TableId,
    /// Columns of the file, from 0, and the fields that they fill.
    pub columns: Vec<(usize, FieldId)>,
    /// The field by which records that are there are found and changed; none makes a record of every row.
    pub key: Option<FieldId>,
}

/// What becomes of a file with broken rows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Broken {
    /// Nothing of it is written.
    Refuse,
    /// The other rows are.
    LeaveOut,
}

/// An import as asked for.
#[derive(Clone, Debug)]
pub struct Order {
    pub target: Target,
    pub format: Format,
    pub broken: Broken,
    /// The client's name for the writes; one of its own when absent.
    pub client: Option<String>,
}

/// Imports a file. An error means that nothing was written, or nothing is left of it; a [`Report`] with errors says
/// whether the other rows are in.
pub async fn import(engine: &Engine, actor: &Arc<Actor>, source: Source, order: Order) -> Result<Report> {
    // The task of its own does not run as the request's attempt.
    let work = engine.long_work(order.target.database)?;
    let run = Import { engine: engine.clone(), actor: actor.clone(), source, order, work };
    let done = tokio::spawn(run.run()).await;
    done.unwrap_or_else(|error| Err(Error::Internal(format!("an import ended badly: {error}"))))
}

/// Undoes the newest writes of a client. They are the importer's own, so no further right is asked for.
pub async fn take_back(engine: &Engine, actor: &Actor, database: DatabaseKey, client: &str, writes: u64) -> Result<()> {
    let us = Arc::new(Actor::local(actor.user));
    for _ in 0..writes {
        if let UndoOutcome::Empty = engine.undo(&us, database, None, client).await? {
            break;
        }
    }
    Ok(())
}

struct Import {
    engine: Engine,
    actor: Arc<Actor>,
    source: Source,
    order: Order,
    /// Of a request that is to be carried out once.
    work: Option<LongWork>,
}

impl Import {
    async fn run(self) -> Result<Report> {
        if let Some(work) = &self.work
            && let Some(kept) = work.given_before().await?
        {
            return Report::of_kept(&kept).ok_or_else(|| Error::Internal("a kept report is none".to_owned()));
        }
        let client = match &self.order.client {
            Some(client) => client.clone(),
            None => format!("import-{:032x}", u128::from_be_bytes(self.engine.random_bytes::<16>())),
        };
        let mut report = Report { client, ..Report::default() };
        let findings = self.judge(&mut report).await?;
        if findings.broken_count > 0 && self.order.broken == Broken::Refuse {
            return Ok(report);
        }
        let Some(work) = &self.work else { return self.write_all(findings, report).await };
        work.begin().await?;
        let written = self.write_all(findings, report).await;
        // Work that cannot be ended stays begun, which is what another attempt is told.
        match &written {
            Ok(report) if report.left_behind.is_some() => {}
            Ok(report) if report.is_done() => drop(work.end(Some(report.kept())).await),
            Ok(_) | Err(_) => drop(work.end(None).await),
        }
        written
    }

    /// Writes every row, or leaves nothing of them.
    async fn write_all(&self, mut findings: Findings, mut report: Report) -> Result<Report> {
        match self.write(&mut findings, &mut report).await {
            Ok(()) if report.error_count == 0 || self.order.broken == Broken::LeaveOut => {
                report.left_out = findings.broken_count;
                Ok(report)
            }
            // A row was refused that looked right before: somebody has changed something in between.
            Ok(()) => {
                self.undo(&mut report).await;
                Ok(report)
            }
            Err(error) => {
                self.undo(&mut report).await;
                match &report.left_behind {
                    None => Err(error),
                    Some(_) => {
                        report.add(RowError { line: 0, field: None, message: error.to_string() });
                        Ok(report)
                    }
                }
            }
        }
    }

    /// Judges every row; what is wrong goes into the report.
    async fn judge(&self, report: &mut Report) -> Result<Findings> {
        let target = Arc::new(self.order.target.clone());
        let point = Point::of(self.order.format.delimiter);
        let names = self.ask({
            let target = target.clone();
            move |view| {
                check::admit(view, &target)?;
                let table = view.table(target.table)?;
                Ok(table.live_fields().map(|f| (f.id, f.name.clone())).collect::<HashMap<FieldId, String>>())
            }
        });
        let names = names.await?;
        let name = |field: FieldId| names.get(&field).cloned().unwrap_or_default();
        let mut findings = Findings::default();
        let mut batches = self.batches();
        while let Some(batch) = batches.recv().await {
            let batch = Arc::new(batch?);
            report.rows += batch.rows.len() as u64;
            let (judged, target) = (batch.clone(), target.clone());
            let verdict = self.ask(move |view| check::judge(view, &target, &judged, point)).await?;
            findings.take(verdict, &batch, &name, &mut |error| report.add(error));
        }
        match findings.overfull() {
            Some(field) => Err(Error::malformed(name(field), "would get too many new options from this file")),
            None => Ok(findings),
        }
    }

    async fn write(&self, findings: &mut Findings, report: &mut Report) -> Result<()> {
        let target = Arc::new(self.order.target.clone());
        if !findings.new_options.is_empty() {
            let (target, wanted) = (target.clone(), std::mem::take(&mut findings.new_options));
            let plan = move |view: &mut View<'_>| write::add_options(view, &target, &wanted);
            let wrote = |_: &mut View<'_>, receipt: &Receipt| Ok(receipt.seq.is_some());
            report.writes +=
                u64::from(self.engine.write(&self.actor, self.database(), self.context(report), plan, wrote).await?);
        }
        let mut batches = self.batches();
        while let Some(batch) = batches.recv().await {
            let batch = Arc::new(batch?);
            // Parts of the batch that are still to be written, the next one last.
            let mut parts: Vec<Range<usize>> = std::iter::once(0..batch.rows.len()).collect();
            while let Some(rows) = parts.pop() {
                let error = match self.write_part(&target, &batch, rows.clone(), findings, report).await {
                    Ok(()) => continue,
                    Err(error) => error,
                };
                if !is_of_rows(&error) {
                    return Err(error);
                }
                let part = Part { batch: &batch, rows: rows.clone(), broken: &findings.broken };
                if self.order.broken == Broken::Refuse {
                    errors_of(&error, &part).into_iter().for_each(|error| report.add(error));
                    return Ok(());
                }
                if rows.len() > 1 {
                    // Which of them it is, is found by halves.
                    let middle = rows.start + rows.len() / 2;
                    parts.extend([middle..rows.end, rows.start..middle]);
                    continue;
                }
                errors_of(&error, &part).into_iter().for_each(|error| report.add(error));
                findings.broken_count += u64::from(findings.mark(batch.first + rows.start));
            }
        }
        Ok(())
    }

    async fn write_part(
        &self,
        target: &Arc<Target>,
        batch: &Arc<Batch>,
        rows: Range<usize>,
        findings: &Findings,
        report: &mut Report,
    ) -> Result<()> {
        let (plan_target, counted, batch) = (target.clone(), target.clone(), batch.clone());
        // The bits of this batch alone: its first row starts a word of its own only by chance, so the places stay.
        let broken = findings.broken.clone();
        let point = Point::of(self.order.format.delimiter);
        let plan = move |view: &mut View<'_>| {
            let part = Part { batch: &batch, rows: rows.clone(), broken: &broken };
            write::changes(view, &plan_target, &part, point)
        };
        let wrote =
            move |_: &mut View<'_>, receipt: &Receipt| Ok((receipt.seq.is_some(), write::counts(&counted, receipt)));
        let written = self.engine.write(&self.actor, self.database(), self.context(report), plan, wrote).await?;
        let (is_write, Counts { created, updated }) = written;
        report.writes += u64::from(is_write);
        report.created += created;
        report.updated += updated;
        Ok(())
    }

    /// Takes back what was written so far.
    async fn undo(&self, report: &mut Report) {
        if report.writes == 0 {
            return;
        }
        report.taken_back = true;
        let undone = take_back(&self.engine, &self.actor, self.database(), &report.client, report.writes).await;
        match undone {
            Ok(()) => (report.created, report.updated, report.writes) = (0, 0, 0),
            Err(error) => report.left_behind = Some(error.to_string()),
        }
    }

    fn database(&self) -> DatabaseKey {
        self.order.target.database
    }

    /// What imports write runs no scripts of the table.
    fn context(&self, report: &Report) -> WriteContext {
        WriteContext {
            client: Some(report.client.clone()),
            triggers: engine::Triggers::Skip,
            ..WriteContext::default()
        }
    }

    async fn ask<T: Send + 'static>(&self, ask: impl FnMut(&mut View<'_>) -> Result<T> + Send + 'static) -> Result<T> {
        self.engine.read(&self.actor, self.database(), Weight::Scan, ask).await
    }

    /// The batches of the file from its start, read ahead on a thread of their own.
    fn batches(&self) -> mpsc::Receiver<Result<Batch>> {
        let (sender, batches) = mpsc::channel(1);
        let (source, format) = (self.source.clone(), self.order.format.clone());
        tokio::task::spawn_blocking(move || {
            let mut rows = match Rows::open(&source, &format) {
                Ok(rows) => rows,
                Err(error) => return drop(sender.blocking_send(Err(error))),
            };
            while let Some(batch) = rows.next_batch().transpose() {
                let is_last = batch.is_err();
                if sender.blocking_send(batch).is_err() || is_last {
                    break;
                }
            }
        });
        batches
    }
}

/// Whether an error is about the rows, and not about the store or who asks.
fn is_of_rows(error: &Error) -> bool {
    match error {
        Error::Invalid(_) | Error::Script { .. } | Error::Conflict(_) | Error::NotFound { .. } => true,
        Error::Unauthenticated(_)
        | Error::Forbidden(_)
        | Error::PreconditionFailed
        | Error::Busy { .. }
        | Error::TooLarge { .. }
        | Error::RateLimited { .. }
        | Error::TimedOut
        | Error::Unavailable(_)
        | Error::Internal(_) => false,
    }
}

/// What is wrong with rows, as the engine says it.
fn errors_of(error: &Error, part: &Part<'_>) -> Vec<RowError> {
    let first = part.batch.line(part.rows.start);
    let Error::Invalid(faults) = error else {
        return vec![RowError { line: first, field: None, message: error.to_string() }];
    };
    let one = |fault: &model::Fault| {
        let field = fault.at.0.iter().find_map(|step| match step {
            model::error::Step::Field(_, name) => Some(name.clone()),
            _ => None,
        });
        let line = part.row_of(fault).map_or(first, |row| part.batch.line(row));
        RowError { line, field, message: fault.rule.to_string() }
    };
    faults.iter().map(one).collect()
}
