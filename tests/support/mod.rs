//! What several test files share.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod audits;
pub mod desk;
pub mod forge;
pub mod pages;
pub mod schema;
pub mod serving;
pub mod tampering;
pub mod told;
pub mod tools;
pub mod vectors;
