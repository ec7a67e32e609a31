//! Secrets: the key ring, sealing, and the signed and keyed codes that are handed out.
