//! The four walkthroughs of ARCHITECTURE.md, each as a story of the same name.

use daicho_domain::poa::{Command, Filing, Status};
use daicho_domain::rules::SEEDED;
use daicho_domain::transmission::CauseKind;
use daicho_projections::rebuild_in;
use daicho_tests::office::{Office, catalogue, day, month};

/// Three offices on one form on Wednesday 2026-06-24: for August, due back on Friday 2026-07-10. All
/// three 委任状 go out the next day.
async fn three_offices_applied() -> Office {
    let office = Office::opens_on("2026-06-24").await;
    office.takes_an_application("summer", &[0, 1, 2]).await;
    office.goes_on_closing_days_to("2026-06-25").await;
    for nth in 0..3 {
        office.posts("summer", nth).await;
    }
    office
}

#[tokio::test]
async fn a_poa_comes_back_late() {
    let office = three_offices_applied().await;
    assert_eq!(office.start_months().await, [Some(month("2026-08")); 3]);
    office.goes_on_closing_days_to("2026-07-08").await;
    for nth in [0, 1] {
        office.enters_arrival("summer", nth, "2026-07-08").await;
        office.does("summer", nth, Command::Accept {}).await;
    }

    // The due date is over and nobody has counted its post: nothing is decided.
    office.goes_on_closing_days_to("2026-07-10").await;
    office.goes_on_to("2026-07-13").await;
    assert_eq!(office.status("summer", 2).await, Status::PostCount);
    assert_eq!(office.start_months().await, [Some(month("2026-08")); 3]);

    // It is counted and closed: the corporation misses its month because of one office.
    office.closes_the_post_of(day("2026-07-10"), 0).await;
    assert_eq!(office.start_months().await, [Some(month("2026-09")); 3]);
    let state = office.transmission().await;
    assert_eq!(state.postponements.len(), 1);
    assert_eq!(state.postponements[0].causes[0].why, CauseKind::NotReturned);
    assert_eq!(
        office.sheet("summer", 2).await.dates.due.on,
        day("2026-08-10")
    );

    // Monday's post brings it. It came late; approved before filing closes, it keeps the month.
    office.enters_arrival("summer", 2, "2026-07-13").await;
    office.does("summer", 2, Command::ApproveLate {}).await;
    assert_eq!(office.start_months().await, [Some(month("2026-08")); 3]);
    assert_eq!(office.status("summer", 2).await, Status::ToFile);
    for nth in 0..3 {
        let filed_on = day("2026-07-13");
        office
            .does(
                "summer",
                nth,
                Command::File(Filing::on(filed_on).without_scan(Some("写しは紙で保管".into()))),
            )
            .await;
    }
    office.goes_on_closing_days_to("2026-08-01").await;
    let state = office.transmission().await;
    assert!(state.entries.iter().all(|entry| matches!(
        entry.standing,
        daicho_domain::transmission::Standing::Started { .. }
    )));
}

#[tokio::test]
async fn the_envelope_arrived_on_friday_and_was_entered_on_monday() {
    let office = three_offices_applied().await;
    office.goes_on_closing_days_to("2026-07-10").await;
    for nth in [0, 1] {
        office.enters_arrival("summer", nth, "2026-07-10").await;
        office.does("summer", nth, Command::Accept {}).await;
    }
    office.goes_on_closing_days_to("2026-07-13").await;
    assert_eq!(office.start_months().await, [Some(month("2026-09")); 3]);
    office.enters_arrival("summer", 2, "2026-07-10").await;
    assert_eq!(office.start_months().await, [Some(month("2026-08")); 3]);
    assert_eq!(
        office.sheet("summer", 2).await.dates.due.on,
        day("2026-07-10")
    );
}

#[tokio::test]
async fn the_server_was_down_over_the_25th() {
    let was_up = three_offices_applied().await;
    was_up.goes_on_to("2026-07-15").await;

    let was_down = three_offices_applied().await;
    let was_down = was_down.is_down_until("2026-07-15").await;
    assert_eq!(was_down.today().await, day("2026-07-15"));
    assert_eq!(
        was_down.transmission().await,
        was_up.transmission().await,
        "fifteen days opened late end where fifteen days opened one by one end"
    );
    assert_eq!(was_down.status("summer", 0).await, Status::PostCount);

    // Forms that lay in the post since before the cut-off count by their day of receipt, with proof.
    let down = Office::opens_on("2026-06-20").await;
    let down = down.is_down_until("2026-06-29").await;
    let on = day("2026-06-26");
    let refused = down.takes_a_form("late", &[0], on, None).await;
    assert_eq!(refused, Err("transmission.proof_missing"));
    down.takes_a_form("late", &[0], on, Some("消印 6/25"))
        .await
        .expect("the proof is there");
    assert_eq!(down.start_months().await, [Some(month("2026-08"))]);
}

/// The messenger's seeded book, from 2019-04-01 on with the ID/PW set on the 25th, and the cases that
/// say so.
fn book_of_april() -> String {
    let (_, seeded) = SEEDED[1];
    let changed = seeded.replacen("2015-01-01", "2019-04-01", 1);
    let (before, of_ids) = changed
        .split_once("id = \"credentials.months_before\"")
        .expect("the book says when IDs are set");
    let of_ids = of_ids
        .replacen("value = \"last\"", "value = 25", 1)
        .replacen(
            "alternatives = [25, 28]",
            "alternatives = [\"last\", 28]",
            1,
        )
        .replace("2026-07-31", "2026-07-25")
        // A Saturday, to tell "stays" from "moves".
        .replace(
            "on = \"2026-04-25\", want = { credentials_on = \"2026-05-31\"",
            "on = \"2026-06-25\", want = { credentials_on = \"2026-07-25\"",
        );
    format!("{before}id = \"credentials.months_before\"{of_ids}")
}

#[tokio::test]
async fn a_rule_changes_on_1_april() {
    let office = Office::opens_on("2019-03-20").await;
    office.takes_an_application("before", &[0]).await;
    office.goes_on_closing_days_to("2019-03-26").await;
    let ids_on = |state: &daicho_domain::transmission::State, nth: usize| {
        let plan = state.entries[nth].plan().expect("its dates are set");
        plan.credentials_on.clone()
    };
    let before = ids_on(&office.transmission().await, 0);
    assert_eq!(before.on, day("2019-04-30"));

    // A book that says something else than its cases is not published.
    let wrong = book_of_april().replace("2026-07-25", "2026-07-24");
    office
        .publishes(&wrong)
        .await
        .expect_err("its cases do not hold");
    office
        .publishes(&book_of_april())
        .await
        .expect("its cases hold");

    // It is known now and in force from April: until then everything is as it was.
    office.takes_an_application("still", &[1]).await;
    assert_eq!(
        ids_on(&office.transmission().await, 1).on,
        day("2019-04-30")
    );
    office.goes_on_closing_days_to("2019-04-01").await;
    office.takes_an_application("after", &[2]).await;
    let state = office.transmission().await;
    let after = ids_on(&state, 2);
    assert_eq!(after.on, day("2019-05-25"));
    assert_eq!(after.basis.book, "care-net-messenger@2019-04-01 r1");

    // What was decided keeps its date and the book it rests on.
    assert_eq!(ids_on(&state, 0), before);
    assert_eq!(before.basis.book, "care-net-messenger@2015-01-01 r1");
}

#[tokio::test]
async fn a_read_model_is_wrong_and_is_rebuilt() {
    let office = three_offices_applied().await;
    let views = office.views().await;
    let right = office.checks_its_views().await;
    assert!(right.differing().is_empty());

    // Somebody writes into the file that nobody should write into.
    let files = std::fs::read_dir(office.views_folder()).expect("the folder can be listed");
    let file = files
        .map(|entry| entry.expect("an entry can be read").path())
        .find(|path| path.extension().is_some_and(|extension| extension == "db"))
        .expect("there is a live generation");
    let changed = rusqlite::Connection::open(&file)
        .expect("the file opens")
        .execute("UPDATE cases SET status = 'void'", [])
        .expect("the rows change");
    assert!(changed > 0);
    let wrong = office.checks_its_views().await;
    assert_eq!(wrong.differing(), ["cases"]);

    let folder = office.views_folder().to_owned();
    let rebuilt = rebuild_in(folder, &catalogue(), &office.source(), |_| {})
        .await
        .expect("the read models are rebuilt");
    assert_ne!(rebuilt.file, file);
    let again = office.checks_its_views().await;
    assert!(again.differing().is_empty());
    assert_eq!(again.live, right.live);
    assert_eq!(views.applied(), rebuilt.number);
}
