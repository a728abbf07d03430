//! JSON API, staff dashboard, event feed, import of files.
