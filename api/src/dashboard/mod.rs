//! The pages of the staff: one file per page, named like its address and its template.

pub mod calendar;
pub mod case;
pub mod case_actions;
pub mod case_line;
pub mod case_steps;
pub mod cases;
pub mod corporation;
pub mod corporations;
pub mod credentials;
pub mod feed;
pub mod form;
pub mod frame;
pub mod history;
pub mod home;
pub mod intake;
pub mod intake_new;
pub mod office_day;
pub mod office_day_acts;
pub mod parts;
pub mod poa_batch;
pub mod poa_receive;
pub mod poa_tracker;
pub mod postponements;
pub mod problem;
pub mod query;
pub mod rulebooks;
pub mod undecided;
pub mod viewer;
pub mod why;
pub mod words;

use crate::problem::Problem;
use askama::Template;
use axum::response::Html;

/// A drawn page, or what to say when drawing it failed.
pub type Shown = Result<Html<String>, Problem>;

/// Draws a page.
pub fn show(page: &impl Template) -> Shown {
    page.render().map(Html).map_err(|error| {
        tracing::error!(%error, "a page cannot be drawn");
        Problem::failed()
    })
}
