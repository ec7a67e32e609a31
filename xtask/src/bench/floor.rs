//! What the disk does without Keuze: the bytes that a journal grew by, in as many batches, each synced before the next.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// What begins the signature of a checkpoint (a signed note), which ends every batch of a journal.
const SIGNATURE: &[u8] = "\n\u{2014} ".as_bytes();

/// How much stands in a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloorJournal {
    pub bytes: usize,
    pub batches: usize,
}

impl FloorJournal {
    /// Counts all files of a folder and what lies in it.
    pub fn count_folder(folder: &Path) -> Result<Self> {
        let mut sum = Self { bytes: 0, batches: 0 };
        for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let Self { bytes, batches } =
                if path.is_dir() { Self::count_folder(&path)? } else { Self::count_bytes(&fs::read(&path)?) };
            sum = Self { bytes: sum.bytes + bytes, batches: sum.batches + batches };
        }
        Ok(sum)
    }

    pub fn count_bytes(bytes: &[u8]) -> Self {
        let batches = bytes.windows(SIGNATURE.len()).filter(|window| *window == SIGNATURE).count();
        Self { bytes: bytes.len(), batches }
    }

    pub fn since(self, before: Self) -> Self {
        Self { bytes: self.bytes - before.bytes, batches: self.batches - before.batches }
    }

    /// How long a bare file takes for as much.
    pub fn time(self, folder: &Path) -> Result<Duration> {
        let path = folder.join("floor");
        let mut file = File::create(&path)?;
        let batch = vec![0x5a; self.bytes / self.batches.max(1)];
        let start = Instant::now();
        for _ in 0..self.batches {
            file.write_all(&batch)?;
            file.sync_data()?;
        }
        let took = start.elapsed();
        fs::remove_file(path)?;
        Ok(took)
    }
}
