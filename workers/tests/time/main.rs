//! Time as the office knows it: days opened one by one or late, the same command twice, a server that dies.

mod kit;
mod late;
mod simulated;
