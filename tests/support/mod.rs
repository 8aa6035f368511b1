//! What several test files share.

#![allow(dead_code, reason = "each test file uses a part of it")]

pub mod desk;
pub mod forge;
pub mod schema;
pub mod serving;
pub mod tools;
pub mod vectors;
