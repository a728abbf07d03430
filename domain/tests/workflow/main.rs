//! The rules of the workflow nouns, as sentences: given, when, then.

mod corporation;
mod enrolment;
mod installation;
mod kit;
mod licence;
mod office_day;
mod poa;
mod postponement;
mod transmission;
