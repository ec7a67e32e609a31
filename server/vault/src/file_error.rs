//! What the file system said: of which file, and what to do about it where that can be told.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// An error with the file that it is of.
#[derive(Debug)]
struct FileError {
    path: PathBuf,
    error: io::Error,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}{}", self.path.display(), self.error, mend(&self.error))
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// Says of which file an error is, unless it says so already. Its kind stays.
pub fn of_file(path: &Path) -> impl FnOnce(io::Error) -> io::Error {
    move |error| {
        if says_its_file(&error) {
            return error;
        }
        io::Error::new(error.kind(), FileError { path: path.to_path_buf(), error })
    }
}

fn says_its_file(error: &io::Error) -> bool {
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<FileError>)
}

/// What to do, as a sentence behind what the system said; nothing where that says enough, or says it already.
pub fn mend(error: &io::Error) -> &'static str {
    const EIO: i32 = 5;
    const ENFILE: i32 = 23;
    const EMFILE: i32 = 24;
    match (error.kind(), error.raw_os_error()) {
        _ if says_its_file(error) => "",
        (ErrorKind::StorageFull | ErrorKind::QuotaExceeded, _) => {
            ". There is no room left: make some, and start again. What was acknowledged is kept"
        }
        (ErrorKind::PermissionDenied, _) => ". The account that runs this needs the right to it",
        (ErrorKind::ReadOnlyFilesystem, _) => ". It is mounted read-only: mount it so that it can be written to",
        (_, Some(EIO)) => {
            ". The disk does not do what it is told: look at what the system logged of it before you start again"
        }
        (_, Some(EMFILE | ENFILE)) => {
            ". The process may not open more files: raise its limit (LimitNOFILE in systemd, `ulimit -n` in a shell)"
        }
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_its_file_once_and_what_to_do() {
        let error = of_file(Path::new("/d/journal"))(io::Error::from_raw_os_error(28));
        let again = of_file(Path::new("/d"))(error);
        assert_eq!(again.kind(), ErrorKind::StorageFull);
        let told = "/d/journal: No space left on device (os error 28). There is no room left: make some, and start again. \
                    What was acknowledged is kept";
        assert_eq!(again.to_string(), told);
        assert_eq!(mend(&again), "", "it was said");
        for number in [5, 13, 23, 24, 30, 122] {
            let error = of_file(Path::new("/d"))(io::Error::from_raw_os_error(number));
            assert!(error.to_string().contains("). "), "{error}");
        }
    }
}
