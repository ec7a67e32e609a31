//! # Formats
//!
//! What stands in the data directory and beside the root key, and what travels and comes back: byte by byte, a section each.
//! Each format has a version, from 1. One of another version is never guessed at: a directory of an earlier build is refused
//! with a sentence that says so, and nothing in it is changed. Until formats are settled there is no migration.
//!
//! This page is made of what each source says of itself (`cargo xtask formats`; `cargo xtask test` compares the two). The bytes of
//! examples stand in `golden/formats.txt` of each crate, cut as the tables here are drawn; tests compare them, read them back, and
//! try every truncation and every flipped bit.
//!
//! Numbers are big-endian or little-endian as each table says. What is sealed is enciphered with XChaCha20-Poly1305 under a key
//! of the ring; *bound to* names what the tag covers beside it.
//!
//! | file in the data directory | what | section | in a backup |
//! |---|---|---|---|
//! | `LOCK` | empty; a process writes here at times | none | no |
//! | `journal/<shard>/<index>.log` | every record and fact of a shard | Frame of the journal | yes |
//! | `journal/logs/<index>.log` | the log of logs: signed checkpoints of the shards | Frame of the journal | yes |
//! | `checkpoint/<shard>`, `checkpoint/logs` | the signed checkpoint of the last batch of a log | Checkpoint file | yes |
//! | `checkpoint/<shard>.vkey`, `checkpoint/logs.vkey` | the key that checks a log's signatures | Checkpoint, verifier key and proof | yes |
//! | `closed/<shard>/<file>` | a shard that takes nothing more | Folder of a closed shard | no: made anew from the journal |
//! | `closed/<shard>.new/<file>`, `closed/<shard>.old/<file>` | passing: one that is being made, and one whose place it takes | Folder of a closed shard | no |
//! | `keys/root-0001` | the keys of the buckets | Key ring | yes |
//! | `keys/bucket-<number>` | all other keys | Key ring | yes |
//! | `sled/projections/<file>` | the database | Database | no |
//! | `sled.new/projections/<file>`, `sled.aside-<number>/projections/<file>` | one that is being made, and those that were set aside | Database | no |
//! | `keuze.toml` | the configuration that was last served or published | docs/operating.md | yes |
//! | `kept-away` | the first record that was not kept away yet, shard and index, as text | none | no |
//! | `restoring/<file>` | passing: what is being restored | that file's | no |
//! | `restore-unfinished` | passing: what stands here is no ledger until a restore is run again | none | no |
//! | `before-restore-<number>/<file>` | what a restore took the place of | that file's | no |
//! | `attempts` | tries and messages that are counted | Attempts file | no |
//! | `control` | a socket: where a running server takes commands of the same build | none | no |
//! | `room` | passing: whether there is room | none | no |
//! | `<file>.new` | passing: what is about to take a file's place | that file's | no |
//!
//! | file beside the root key | what | section |
//! |---|---|---|
//! | `<key file>` | the root key | Root key file |
//! | `<key file>.new`, `.part`, `.until-<day>` | passing, and older ones | Root key file |
//! | `<key file>.<log>.checkpoint` | the last checkpoint | Last checkpoint beside the root key |
//! | `<key file>.<log>.verified`, `.backed-up`, `.kept-away`, `.root-key-escrowed`, `.index-keys-escrowed` | when that was done last | Mark beside the root key |
//!
//! | what travels | section |
//! |---|---|
//! | what `keuze export` writes | Export |
//! | what `keuze backup` writes | Backup |
//! | what must outlive a restore | Kept away |
//! | links in mails | Token of a link in a mail |
//! | codes on letters | Letter code |
//! | receipts: number, link and proof | Receipt number; Receipt number and link; Checkpoint, verifier key and proof |
//! | the log, for whoever checks it | Checkpoint, verifier key and proof; Tiles and entry bundles |
//! | keys of programs | API key |
//! | cookies | Cookies |
#![warn(missing_docs)]

pub mod attempts;
pub mod browser_cookie;
pub mod checkpoint_slots;
pub mod fact;
pub mod frame;
#[cfg(test)]
mod golden;
pub mod known_browser;
pub mod last_checkpoint;
pub mod mark;
pub mod record;
pub mod token;
