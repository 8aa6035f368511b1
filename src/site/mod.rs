//! What readers are given beside the log's own files: pages, and the scripts that check in a browser.

pub mod script;
