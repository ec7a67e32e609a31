// LD_PRELOAD recorder and injector for the fault tests (server/keuze/tests/power_loss.rs, failing_calls.rs).
//
// Recorder: logs every write, truncation, sync, rename, removal and creation of files and folders under $REC_DIR, and what the
// program writes to its standard output (its acknowledgements), into $REC_LOG in one global order, with the data. From such a
// log the tests build the disk images that a power cut could have left. Syncs of paths that contain $REC_DROP are neither made
// nor logged.
//
// Injector: of the calls of a kind $FAULT_CALL (write, sync, rename, make, remove) on paths under $REC_DIR that contain
// $FAULT_PATH, the one of number $FAULT_AT fails with the error number $FAULT_ERROR; where $FAULT_ON is set all later ones do,
// too. Of a write that fails half is written, as a disk does it that fills up; with the error 0 it is a short write. With
// $FAULT_SPACE only so many bytes fit: files do not grow beyond it and nothing is made. What it did is told on the standard
// error, once.
//
// gcc -O2 -shared -fPIC -o rec.so rec.c -ldl -lpthread
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char *dir, *drop;
static size_t dir_len;
static uint64_t next_seq;

// What fails; no kind where nothing does.
static char *fault_call, *fault_path;
static long fault_at, fault_count;
static int fault_error, fault_on, told;
// How many bytes fit, where that is limited.
static long long space = LLONG_MAX;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_syncfs)(int), (*real_ftruncate)(int, off64_t);
static int (*real_range)(int, off64_t, off64_t, unsigned);
static int (*real_rename)(const char *, const char *), (*real_unlink)(const char *), (*real_rmdir)(const char *);
static int (*real_unlinkat)(int, const char *, int), (*real_mkdir)(const char *, mode_t);
static int (*real_open)(const char *, int, ...);

static char *take_env(const char *name) {
  char *value = getenv(name);
  char *kept = value ? strdup(value) : 0;
  unsetenv(name);
  return kept;
}

__attribute__((constructor)) static void init(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_syncfs = dlsym(RTLD_NEXT, "syncfs");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_range = dlsym(RTLD_NEXT, "sync_file_range");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_unlinkat = dlsym(RTLD_NEXT, "unlinkat");
  real_rmdir = dlsym(RTLD_NEXT, "rmdir");
  real_mkdir = dlsym(RTLD_NEXT, "mkdir");
  real_open = dlsym(RTLD_NEXT, "open64");
  // A child of the program must not write over the log, and is not what is tested.
  unsetenv("LD_PRELOAD");
  dir = take_env("REC_DIR");
  dir_len = dir ? strlen(dir) : 0;
  drop = take_env("REC_DROP");
  char *log = take_env("REC_LOG"), *at = take_env("FAULT_AT"), *error = take_env("FAULT_ERROR");
  char *on = take_env("FAULT_ON"), *fits = take_env("FAULT_SPACE");
  fault_call = take_env("FAULT_CALL");
  fault_path = take_env("FAULT_PATH");
  fault_at = at ? atol(at) : 0;
  fault_error = error ? atoi(error) : 0;
  fault_on = on != 0;
  if (fits) space = atoll(fits);
  if (log && dir) log_fd = real_open(log, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
}

struct header { char op; uint8_t pad[7]; uint64_t seq, off, len; uint32_t path_len, data_len; };

static void put(const void *data, size_t len) {
  for (const char *at = data; len > 0;) {
    ssize_t done = real_write(log_fd, at, len);
    if (done <= 0) abort();
    at += done;
    len -= done;
  }
}

static uint64_t record(char op, const char *path, uint64_t off, uint64_t len, const void *data, uint32_t data_len) {
  struct header h = {.op = op, .seq = next_seq++, .off = off, .len = len, .path_len = strlen(path), .data_len = data_len};
  if (log_fd < 0) return h.seq;
  put(&h, sizeof h);
  put(path, h.path_len);
  if (data_len) put(data, data_len);
  return h.seq;
}

static int inside(const char *path) {
  return dir_len && !strncmp(path, dir, dir_len) && (path[dir_len] == '/' || path[dir_len] == 0);
}

static int path_of(int fd, char *path) {
  char link[64];
  if (!dir_len) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  int before = errno;
  ssize_t len = readlink(link, path, 4000);
  errno = before;
  if (len < 0) return 0;
  path[len] = 0;
  return inside(path);
}

#define LOCK pthread_mutex_lock(&mutex)
#define UNLOCK pthread_mutex_unlock(&mutex)

static void tell(const char *call, const char *path, int error) {
  char line[4200];
  if (told) return;
  told = 1;
  int len = snprintf(line, sizeof line, "\nFAULT %s %s: %s\n", call, path, error ? strerror(error) : "short");
  if (real_write(2, line, len) < 0) abort();
}

// Whether this call is the one that fails; called with the lock held.
static int fails(const char *call, const char *path) {
  if (!fault_call || strcmp(call, fault_call) || (fault_path && !strstr(path, fault_path))) return 0;
  fault_count++;
  if (fault_count != fault_at && !(fault_on && fault_count > fault_at)) return 0;
  tell(call, path, fault_error);
  errno = fault_error;
  return 1;
}

// Whether something that is made has no room.
static int is_full(const char *call, const char *path, long long bytes) {
  if (space == LLONG_MAX) return 0;
  if (space >= bytes) {
    space -= bytes;
    return 0;
  }
  tell(call, path, ENOSPC);
  errno = ENOSPC;
  return 1;
}

// How much of a write is made; -1 where nothing is, with the error.
static ssize_t fits(int fd, const char *path, size_t len, off64_t off) {
  if (fails("write", path)) return fault_error ? -1 : (ssize_t)(len + 1) / 2;
  struct stat is;
  if (space == LLONG_MAX || fstat(fd, &is)) return len;
  long long grows = off + (long long)len - is.st_size;
  if (grows <= 0) return len;
  if (grows > (long long)len) grows = len;
  if (grows <= space) {
    space -= grows;
    return len;
  }
  long long done = (long long)len - grows + space;
  space = 0;
  tell("write", path, ENOSPC);
  errno = ENOSPC;
  return done > 0 ? done : -1;
}

// A disk that is full takes nothing; one that fails may have taken a part.
static size_t part_of(ssize_t done, size_t len) { return done >= 0 ? (size_t)done : space == LLONG_MAX ? len / 2 : 0; }

static int made(const char *call, const char *path) { return fails(call, path) || is_full(call, path, 4096); }

ssize_t write(int fd, const void *data, size_t len) {
  char path[4096];
  if (log_fd >= 0 && fd == log_fd) return real_write(fd, data, len);
  if (fd == 1) {
    LOCK; record('A', "", 0, 0, data, len); UNLOCK;
    return real_write(fd, data, len);
  }
  if (!path_of(fd, path)) return real_write(fd, data, len);
  LOCK;
  off64_t off = fcntl(fd, F_GETFL) & O_APPEND ? lseek64(fd, 0, SEEK_END) : lseek64(fd, 0, SEEK_CUR);
  ssize_t done = fits(fd, path, len, off);
  int error = done < 0 ? errno : 0;
  size_t part = part_of(done, len);
  ssize_t wrote = part ? real_write(fd, data, part) : 0;
  if (wrote > 0) record('W', path, off, wrote, data, wrote);
  if (error) { lseek64(fd, off, SEEK_SET); errno = error; wrote = -1; }
  UNLOCK;
  return wrote;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t off) {
  char path[4096];
  if (!path_of(fd, path)) return real_pwrite(fd, data, len, off);
  LOCK;
  ssize_t done = fits(fd, path, len, off);
  int error = done < 0 ? errno : 0;
  size_t part = part_of(done, len);
  ssize_t wrote = part ? real_pwrite(fd, data, part, off) : 0;
  if (wrote > 0) record('W', path, off, wrote, data, wrote);
  if (error) { errno = error; wrote = -1; }
  UNLOCK;
  return wrote;
}
ssize_t pwrite(int fd, const void *data, size_t len, off_t off) { return pwrite64(fd, data, len, off); }

// What was written before the sync began (B) is durable once it has returned (S; F of the whole file system).
static int synced(int fd, int (*real)(int), char op) {
  char path[4096];
  if (!path_of(fd, path)) return real(fd);
  if (drop && strstr(path, drop)) return 0;
  LOCK;
  int fault = fails("sync", path);
  uint64_t begun = fault ? 0 : record('B', path, 0, 0, 0, 0);
  UNLOCK;
  if (fault) return -1;
  int result = real(fd);
  if (!result) { LOCK; record(op, path, begun, 0, 0, 0); UNLOCK; }
  return result;
}
int fsync(int fd) { return synced(fd, real_fsync, 'S'); }
int fdatasync(int fd) { return synced(fd, real_fdatasync, 'S'); }
int syncfs(int fd) { return synced(fd, real_syncfs, 'F'); }

int sync_file_range(int fd, off64_t off, off64_t len, unsigned flags) {
  char path[4096];
  if (!path_of(fd, path)) return real_range(fd, off, len, flags);
  if (drop && strstr(path, drop)) return 0;
  LOCK;
  int fault = fails("sync", path);
  uint64_t begun = fault ? 0 : record('B', path, 0, 0, 0, 0);
  UNLOCK;
  if (fault) return -1;
  int result = real_range(fd, off, len, flags);
  if (!result) { LOCK; record('R', path, off, len, &begun, sizeof begun); UNLOCK; }
  return result;
}

int ftruncate64(int fd, off64_t len) {
  char path[4096];
  if (!path_of(fd, path)) return real_ftruncate(fd, len);
  LOCK;
  struct stat is;
  long long grows = space != LLONG_MAX && !fstat(fd, &is) && len > is.st_size ? len - is.st_size : 0;
  // There is no short truncation.
  int fault = fails("write", path) && fault_error;
  int result = fault || is_full("write", path, grows) ? -1 : real_ftruncate(fd, len);
  if (!result) record('T', path, 0, len, 0, 0);
  UNLOCK;
  return result;
}
int ftruncate(int fd, off_t len) { return ftruncate64(fd, len); }

int rename(const char *from, const char *to) {
  if (!inside(from)) return real_rename(from, to);
  LOCK;
  int result = fails("rename", from) ? -1 : real_rename(from, to);
  if (!result) record('N', from, 0, 0, to, strlen(to));
  UNLOCK;
  return result;
}

static int removed(const char *path, char op, int fd, const char *name, int flags) {
  LOCK;
  int result = fails("remove", path) ? -1 : real_unlinkat(fd, name, flags);
  if (!result) record(op, path, 0, 0, 0, 0);
  UNLOCK;
  return result;
}
int unlink(const char *path) {
  return inside(path) ? removed(path, 'U', AT_FDCWD, path, 0) : real_unlink(path);
}
int rmdir(const char *path) {
  return inside(path) ? removed(path, 'X', AT_FDCWD, path, AT_REMOVEDIR) : real_rmdir(path);
}
int unlinkat(int fd, const char *name, int flags) {
  char path[8192];
  if (name[0] == '/') snprintf(path, sizeof path, "%s", name);
  else if (fd == AT_FDCWD || !path_of(fd, path)) return real_unlinkat(fd, name, flags);
  else snprintf(path + strlen(path), 4000, "/%s", name);
  if (!inside(path)) return real_unlinkat(fd, name, flags);
  return removed(path, flags & AT_REMOVEDIR ? 'X' : 'U', fd, name, flags);
}

int mkdir(const char *path, mode_t mode) {
  if (!inside(path)) return real_mkdir(path, mode);
  LOCK;
  int result = access(path, F_OK) && made("make", path) ? -1 : real_mkdir(path, mode);
  if (!result) record('M', path, 0, 0, 0, 0);
  UNLOCK;
  return result;
}

int open64(const char *path, int flags, ...) {
  int mode = 0;
  if (flags & O_CREAT) { va_list args; va_start(args, flags); mode = va_arg(args, int); va_end(args); }
  if (!(flags & (O_CREAT | O_TRUNC)) || !inside(path)) return real_open(path, flags, mode);
  LOCK;
  int before = errno;
  int existed = access(path, F_OK) == 0;
  errno = before;
  int fd = !existed && flags & O_CREAT && made("make", path) ? -1 : real_open(path, flags, mode);
  if (fd >= 0 && !existed) record('C', path, 0, 0, 0, 0);
  if (fd >= 0 && existed && (flags & O_TRUNC)) record('T', path, 0, 0, 0, 0);
  UNLOCK;
  return fd;
}
int open(const char *path, int flags, ...) {
  int mode = 0;
  if (flags & O_CREAT) { va_list args; va_start(args, flags); mode = va_arg(args, int); va_end(args); }
  return open64(path, flags, mode);
}
