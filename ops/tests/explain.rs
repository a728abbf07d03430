//! `daicho explain` and `daicho rulebooks` as a person at the terminal meets them.

use std::process::{Command, Output};

/// Runs the binary in a directory without data.
fn daicho(args: &[&str]) -> Output {
    let empty = std::env::temp_dir().join("daicho-explain-without-data");
    Command::new(env!("CARGO_BIN_EXE_daicho"))
        .arg("--data")
        .arg(empty)
        .args(args)
        .output()
        .expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("UTF-8")
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("UTF-8")
}

#[test]
fn a_range_is_one_header_and_a_line_per_day() {
    let table = [
        (
            "honobono-mini2 trial --on 2026-04-10 --until 2026-04-11",
            "on,trial_last_day,registered_last_free_day,billing_start,first_debit_on\n\
             2026-04-10,2026-06-10,2026-07-10,2026-08-01,2026-09-28\n\
             2026-04-11,2026-06-11,2026-07-11,2026-08-01,2026-09-28\n",
        ),
        (
            "honobono-mini2 transmission --on 2026-06-25 --until 2026-06-26",
            "on,cutoff_on,transmission_start,poa_due,credentials_on\n\
             2026-06-25,2026-06-25,2026-08-01,2026-07-10,2026-07-31\n\
             2026-06-26,2026-07-25,2026-09-01,2026-08-10,2026-08-31\n",
        ),
        (
            "honobono-mini2 transmission --on 2026-06-25 --prefecture 27",
            "on,cutoff_on,transmission_start,poa_due,credentials_on\n\
             2026-06-25,2026-06-25,2026-08-01,2026-07-09,2026-07-31\n",
        ),
        (
            "care-net-messenger transmission --on 2026-11-26",
            "on,cutoff_on,transmission_start,poa_due,credentials_on\n\
             2026-11-26,2026-11-26,2027-01-01,2026-12-10,2026-12-31\n",
        ),
        (
            "honobono-mini2 debit --on 2026-11-15",
            "on,debit_on,debit_request_by,debit_result_by\n\
             2026-11-15,2026-12-28,2026-12-17,2027-01-04\n",
        ),
        (
            "honobono-mini2 termination --on 2026-12-01",
            "on,apply_from,apply_by,last_debit_on,agent_release_from\n\
             2026-12-01,2026-09-01,2026-12-25,2027-01-26,2027-01-11\n",
        ),
        (
            "careplan-renkei licence --on 2024-02-29",
            "on,licence_first_day,licence_last_day,renewal_opens,fee_deducted_month,fee_deducted_month_latest\n\
             2024-02-29,2024-02-29,2025-02-28,2024-12-30,2024-03-01,2024-04-01\n",
        ),
    ];
    for (asked, rows) in table {
        let mut args: Vec<&str> = vec!["explain"];
        args.extend(asked.split(' '));
        args.push("--csv");
        let output = daicho(&args);
        assert_eq!(stderr(&output), "", "{asked}");
        assert_eq!(stdout(&output), rows, "{asked}");
        assert_eq!(output.status.code(), Some(0));
    }
}

#[test]
fn one_day_in_json_is_an_answer_with_its_derivation() {
    let output = daicho(&[
        "explain",
        "honobono-mini2",
        "transmission",
        "--on",
        "2026-06-26",
        "--json",
    ]);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
    let start = &answer["milestones"][1];
    assert_eq!(start["name"], "transmission_start");
    assert_eq!(start["date"], "2026-09-01");
    assert_eq!(start["rules"][0]["id"], "transmission.cutoff_day");
    assert_eq!(start["would_change"][0]["date"], "2026-08-01");
    assert_eq!(start["would_change"][0]["asked_on"], "2026-06-25");
}

#[test]
fn the_json_of_a_range_has_a_row_of_milestones_per_day() {
    let output = daicho(&[
        "--json",
        "explain",
        "honobono-mini2",
        "debit",
        "--on",
        "2026-04-01",
        "--until",
        "2026-04-03",
    ]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
    let answers = document["answers"].as_array().expect("a row per day");
    assert_eq!(answers.len(), 3);
    assert_eq!(answers[2]["on"], "2026-04-03");
    assert_eq!(answers[2]["milestones"][0]["name"], "debit_on");
    assert_eq!(answers[2]["milestones"][0]["date"], "2026-05-26");
}

#[test]
fn what_is_refused_is_one_sentence_and_what_is_not_understood_is_usage() {
    for (args, code, sentence) in [
        (
            "careplan-renkei termination --on 2026-01-01",
            1,
            "「利用終了」の規程がありません",
        ),
        (
            "honobono-mini2 trial --on 2014-12-31",
            1,
            "最初の版は 2015-01-01 から",
        ),
        (
            "honobono-mini2 trial --on 2026-05-01 --until 2026-04-01",
            2,
            "より前です",
        ),
        ("honobono-mini3 trial --on 2026-05-01", 2, "honobono-mini3"),
        ("honobono-mini2 trail --on 2026-05-01", 2, "trail"),
        ("honobono-mini2 trial --on 2026-02-30", 2, "2026-02-30"),
        (
            "honobono-mini2 transmission --on 2026-05-01 --prefecture 48",
            2,
            "48",
        ),
    ] {
        let mut line = vec!["explain"];
        line.extend(args.split(' '));
        let output = daicho(&line);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args}: {}",
            stderr(&output)
        );
        assert!(
            stderr(&output).contains(sentence),
            "{args}: {}",
            stderr(&output)
        );
        assert_eq!(stdout(&output), "", "{args}");
    }
}

#[test]
fn a_book_is_checked_with_file_and_line() {
    let book = include_str!("../../domain/rulebooks/honobono-mini2/2015-01-01.toml");
    let file = std::env::temp_dir().join("daicho-explain-wrong-book.toml");
    std::fs::write(&file, book.replacen("value = 25\n", "value = 24\n", 1)).expect("a file");
    let path = file.display().to_string();
    let output = daicho(&["rulebooks", "check", &path]);
    assert_eq!(output.status.code(), Some(1));
    let line = 1 + book
        .lines()
        .position(|line| line.contains("on = \"2026-06-25\", want = { transmission_start"))
        .expect("the case");
    assert!(
        stderr(&output).contains(&format!("{path}:{line}: transmission.cutoff_day")),
        "{}",
        stderr(&output)
    );
    std::fs::write(&file, book).expect("a file");
    let output = daicho(&["rulebooks", "check", &path]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    std::fs::remove_file(&file).expect("it goes");
}

#[test]
fn without_data_the_seeded_books_are_listed() {
    let output = daicho(&["rulebooks", "list", "--json"]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("one document");
    let books = document["books"].as_array().expect("books");
    assert_eq!(books.len(), 3);
    assert_eq!(books[0]["book"], "honobono-mini2@2015-01-01 r1");
    assert!(books.iter().all(|book| book["cases"].as_u64() > Some(30)));
}
