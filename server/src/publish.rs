//! `keuze policy publish`: from configuration to the frozen policy, with the difference shown first.
