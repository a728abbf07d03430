//! The rule books as the log has them. The binary only seeds them, at the first start; from then on every decision,
//! every node and every replay goes by the books that were published into the log.

use chrono::NaiveDate;
use daicho_domain::Service;
use daicho_domain::nouns::{Action, Command, Event};
use daicho_domain::rulebook;
use daicho_domain::rules::{Book, BookErrors, Policy, RuleBooks, SEEDED};
use daicho_domain::stream::Stream;
use std::sync::Arc;
use uuid::Uuid;

use crate::caused::Caused;
use crate::codec::Codec;
use crate::envelope::StreamName;
use crate::execute::{Engine, ExecuteError, Executed};
use crate::port::{EventLog, LogError};

/// How many events of a service's books are read at once.
const PAGE: usize = 16;

/// The namespace of the commands that seed a log.
const SEEDING: Uuid = Uuid::from_u128(0x6461_6963_686f_4e53_8000_0000_0000_0002);

/// Why a book was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// It is not a book, or its cases do not hold: file and line of everything wrong.
    #[error(transparent)]
    Wrong(#[from] BookErrors),
    /// The office says no, or the world failed.
    #[error(transparent)]
    Execute(#[from] ExecuteError),
}

impl From<LogError> for PublishError {
    fn from(error: LogError) -> Self {
        Self::Execute(error.into())
    }
}

/// The books that a log has, each known from the number of the event that published it.
///
/// # Errors
/// When the log cannot be read, or an event in it holds no book.
pub async fn published(log: &dyn EventLog) -> Result<RuleBooks, LogError> {
    let codec = Codec::without_keys();
    let mut books = RuleBooks::empty();
    for service in Service::ALL {
        let stream = StreamName::from(&Stream::Rulebook(service));
        let mut from = 0;
        loop {
            let page = log.read_stream(&stream, from, PAGE).await?;
            let Some(last) = page.last() else { break };
            from = last.version + 1;
            for recorded in page {
                let number = recorded.number;
                let decoded = codec.decode(recorded)?;
                let Event::Rulebook(rulebook::Event::Published { content, .. }) = decoded.event
                else {
                    let why = format!("{stream} holds something else than books");
                    return Err(LogError::Unreadable { number, why });
                };
                let name = format!("{stream}#{number}");
                let book = Book::published(&name, &content).map_err(|errors| {
                    let why = errors.to_string();
                    LogError::Unreadable { number, why }
                })?;
                books.publish(book, number);
            }
        }
    }
    Ok(books)
}

/// The policy a log gives: its books, and the calendars of this binary. A log without any book gives the binary's.
///
/// # Errors
/// As [`published`].
pub async fn policy(log: &dyn EventLog) -> Result<Policy, LogError> {
    let books = published(log).await?;
    if books.all().next().is_none() {
        return Ok(Policy::seeded());
    }
    let calendars = Policy::seeded().calendars;
    Ok(Policy { books, calendars })
}

/// Publishes a book into the log, and from then on decides by it.
///
/// # Errors
/// [`PublishError::Wrong`] when it is not a book whose cases hold; the refusal of a revision that was published with
/// another content, or that a later one has followed.
pub async fn publish(
    engine: &Engine,
    file: &str,
    text: &str,
    by: Caused,
) -> Result<Executed, PublishError> {
    let book = Book::read(file, text, &engine.policy().calendars)?;
    let executed = engine.execute(publish_command(&book, text), by).await?;
    engine.replace_policy(Arc::new(policy(&**engine.log()).await?));
    Ok(executed)
}

/// At a start: gives a log that has no book of a service the binary's, and decides by what the log has.
///
/// # Errors
/// When the log can be neither read nor written.
pub async fn seed(engine: &Engine, occurred_on: Option<NaiveDate>) -> Result<(), PublishError> {
    let has = published(&**engine.log()).await?;
    for (file, text) in SEEDED {
        let book = Book::published(file, text)?;
        if has.known(book.service, None).next().is_some() {
            continue;
        }
        let id = Uuid::new_v5(&SEEDING, book.name().as_bytes());
        let by = Caused {
            occurred_on,
            ..Caused::by_request("daicho", id)
        };
        engine.execute(publish_command(&book, text), by).await?;
    }
    engine.replace_policy(Arc::new(policy(&**engine.log()).await?));
    Ok(())
}

fn publish_command(book: &Book, text: &str) -> Command {
    Command {
        stream: Stream::Rulebook(book.service),
        action: Action::Rulebook(rulebook::Command::Publish {
            in_force_from: book.in_force_from,
            revision: book.revision,
            sha256: book.sha256.clone(),
            content: text.to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use daicho_domain::nouns::Refusal;

    use super::*;
    use crate::clock::SimulatedClock;
    use crate::data_dir::Training;
    use crate::memory::MemoryLog;
    use crate::sealing::{Keys, MasterKey};

    async fn engine() -> Engine {
        let clock = Arc::new(SimulatedClock::at(chrono::DateTime::<Utc>::UNIX_EPOCH));
        let log = Arc::new(MemoryLog::new(clock.clone()));
        let keys = Keys::in_memory(MasterKey::for_training(Training { seed: 1 })).expect("keys");
        let nothing = Arc::new(Policy::without_books());
        Engine::start(log, Arc::new(keys), clock, nothing)
            .await
            .expect("an engine")
    }

    fn by(n: u128) -> Caused {
        Caused::by_request("staff", Uuid::from_u128(n))
    }

    /// The seeded mini2 book as another revision.
    fn revised(revision: u32) -> String {
        SEEDED[0]
            .1
            .replacen("revision = 1", &format!("revision = {revision}"), 1)
    }

    #[tokio::test]
    async fn a_new_log_is_given_the_books_once_and_decides_by_them() {
        let engine = engine().await;
        let day = NaiveDate::from_ymd_opt(2026, 6, 25).expect("a day");
        assert!(engine.policy().book(Service::HonobonoMini2, day).is_err());
        for _ in 0..2 {
            seed(&engine, Some(day)).await.expect("it is seeded");
        }
        let books = published(&**engine.log()).await.expect("books");
        assert_eq!(books.all().map(|(number, _)| number).max(), Some(2));
        assert_eq!(books.all().count(), SEEDED.len());
        assert!(engine.policy().book(Service::HonobonoMini2, day).is_ok());
        assert!(
            books.on(Service::CareplanRenkei, day, Some(1)).is_err(),
            "not yet known"
        );
    }

    #[tokio::test]
    async fn a_revision_holds_from_its_event_on_and_a_taken_one_is_refused() {
        let engine = engine().await;
        let day = NaiveDate::from_ymd_opt(2026, 6, 25).expect("a day");
        seed(&engine, Some(day)).await.expect("it is seeded");
        publish(&engine, "二版.toml", &revised(2), by(1))
            .await
            .expect("it is published");
        let revision = |at| {
            let policy = engine.policy();
            policy
                .books
                .on(Service::HonobonoMini2, day, at)
                .expect("a book")
                .revision
        };
        assert_eq!(
            (revision(Some(2)), revision(Some(3)), revision(None)),
            (1, 2, 2)
        );
        let changed = revised(2).replacen("最初の版", "別の版", 1);
        let refused = publish(&engine, "二版.toml", &changed, by(2)).await;
        let expected = |refusal: &Refusal| refusal.code() == "rulebook.revision_taken";
        assert!(
            matches!(&refused, Err(PublishError::Execute(ExecuteError::Refused(why))) if expected(why)),
            "{refused:?}"
        );
    }

    #[tokio::test]
    async fn what_is_no_book_is_refused_with_its_line_and_not_recorded() {
        let engine = engine().await;
        let text = revised(2).replacen("value = 25\n", "value = 24\n", 1);
        let refused = publish(&engine, "誤り.toml", &text, by(1))
            .await
            .expect_err("a failing case");
        assert!(refused.to_string().contains("誤り.toml:"), "{refused}");
        assert_eq!(engine.log().head().await.expect("a log"), None);
    }
}
