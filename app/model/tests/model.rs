//! Tests of the vocabulary and of the rules that decide.

#[path = "model/change.rs"]
mod change;
#[path = "model/cookie.rs"]
mod cookie;
#[path = "model/date.rs"]
mod date;
#[path = "model/device.rs"]
mod device;
#[path = "model/examples.rs"]
mod examples;
#[path = "model/identity.rs"]
mod identity;
#[path = "model/mutants.rs"]
mod mutants;
#[path = "model/properties.rs"]
mod properties;
#[path = "model/receipt.rs"]
mod receipt;
#[path = "model/rules.rs"]
mod rules;
#[path = "model/scenario.rs"]
mod scenario;
