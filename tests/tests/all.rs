//! Everything that crosses a crate, as one executable: some forty would each hold a copy of the whole product, and a disk
//! is soon full of them. One file of it: `cargo test --workspace --test all mail::`.

#[path = "../../letters/tests/readers/mod.rs"]
#[expect(dead_code, reason = "the tests of the letters use the rest of it")]
mod readers;

mod agents;
mod attachments;
mod bad_luck;
mod browser;
mod browser_lives;
mod browser_money;
mod browser_papers;
mod calendar;
mod canary;
mod debit_refusals;
mod demo;
mod dispatch;
mod documents;
mod filing;
mod first_start;
mod golden_logs;
mod house;
mod http_scenarios;
mod import;
mod import_again;
mod import_files;
mod killed;
mod killed_booking;
mod kurrentdb;
mod ledger_search;
mod letters;
mod letters_asked;
mod licences;
mod log_copy;
mod mail;
mod messenger_fees;
mod money;
mod money_properties;
mod moving;
mod moving_money;
mod payment_lists;
mod postponed_letters;
mod properties;
mod published_files;
mod remarks;
mod stopped;
mod terminations;
mod transfers;
mod vault;
mod views;
mod views_binary;
mod waiting;
mod walkthroughs;
mod workbooks;
