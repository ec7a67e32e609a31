// LD_PRELOAD recorder for server/tests/power_loss.rs.
//
// Logs every write, truncation, sync, rename, unlink and creation under $REC_DIR, and what the program writes to its
// standard output (its acknowledgements), into $REC_LOG in one global order, with the data. From such a log the test
// builds the disk images that a power cut could have left. Syncs of paths that contain $REC_DROP are neither made nor
// logged.
//
// gcc -O2 -shared -fPIC -o rec.so rec.c -ldl -lpthread
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static int log_fd = -1;
static char *dir, *drop;
static size_t dir_len;
static uint64_t next_seq;

static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off64_t);
static int (*real_fsync)(int), (*real_fdatasync)(int), (*real_ftruncate)(int, off64_t);
static int (*real_range)(int, off64_t, off64_t, unsigned);
static int (*real_rename)(const char *, const char *), (*real_unlink)(const char *);
static int (*real_open)(const char *, int, ...);

__attribute__((constructor)) static void init(void) {
  real_write = dlsym(RTLD_NEXT, "write");
  real_pwrite = dlsym(RTLD_NEXT, "pwrite64");
  real_fsync = dlsym(RTLD_NEXT, "fsync");
  real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
  real_ftruncate = dlsym(RTLD_NEXT, "ftruncate64");
  real_range = dlsym(RTLD_NEXT, "sync_file_range");
  real_rename = dlsym(RTLD_NEXT, "rename");
  real_unlink = dlsym(RTLD_NEXT, "unlink");
  real_open = dlsym(RTLD_NEXT, "open64");
  dir = getenv("REC_DIR");
  dir_len = dir ? strlen(dir) : 0;
  drop = getenv("REC_DROP");
  char *log = getenv("REC_LOG");
  if (log && dir) log_fd = real_open(log, O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0644);
  // A child of the program must not write over the log.
  unsetenv("REC_LOG");
  unsetenv("LD_PRELOAD");
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
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t len = readlink(link, path, 4000);
  if (len < 0) return 0;
  path[len] = 0;
  return inside(path);
}

#define LOCK pthread_mutex_lock(&mutex)
#define UNLOCK pthread_mutex_unlock(&mutex)

ssize_t write(int fd, const void *data, size_t len) {
  char path[4096];
  if (log_fd < 0 || fd == log_fd) return real_write(fd, data, len);
  if (fd == 1) {
    LOCK; record('A', "", 0, 0, data, len); UNLOCK;
    return real_write(fd, data, len);
  }
  if (!path_of(fd, path)) return real_write(fd, data, len);
  LOCK;
  off64_t off = fcntl(fd, F_GETFL) & O_APPEND ? lseek64(fd, 0, SEEK_END) : lseek64(fd, 0, SEEK_CUR);
  ssize_t done = real_write(fd, data, len);
  if (done > 0) record('W', path, off, done, data, done);
  UNLOCK;
  return done;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t off) {
  char path[4096];
  if (log_fd < 0 || !path_of(fd, path)) return real_pwrite(fd, data, len, off);
  LOCK;
  ssize_t done = real_pwrite(fd, data, len, off);
  if (done > 0) record('W', path, off, done, data, done);
  UNLOCK;
  return done;
}
ssize_t pwrite(int fd, const void *data, size_t len, off_t off) { return pwrite64(fd, data, len, off); }

// What was written before the sync began (B) is durable once it has returned (S).
static int synced(int fd, int (*real)(int)) {
  char path[4096];
  if (log_fd < 0 || !path_of(fd, path)) return real(fd);
  if (drop && strstr(path, drop)) return 0;
  LOCK; uint64_t begun = record('B', path, 0, 0, 0, 0); UNLOCK;
  int result = real(fd);
  if (!result) { LOCK; record('S', path, begun, 0, 0, 0); UNLOCK; }
  return result;
}
int fsync(int fd) { return synced(fd, real_fsync); }
int fdatasync(int fd) { return synced(fd, real_fdatasync); }

int sync_file_range(int fd, off64_t off, off64_t len, unsigned flags) {
  char path[4096];
  if (log_fd < 0 || !path_of(fd, path)) return real_range(fd, off, len, flags);
  if (drop && strstr(path, drop)) return 0;
  LOCK; uint64_t begun = record('B', path, 0, 0, 0, 0); UNLOCK;
  int result = real_range(fd, off, len, flags);
  if (!result) { LOCK; record('R', path, off, len, &begun, sizeof begun); UNLOCK; }
  return result;
}

int ftruncate64(int fd, off64_t len) {
  char path[4096];
  if (log_fd < 0 || !path_of(fd, path)) return real_ftruncate(fd, len);
  LOCK;
  int result = real_ftruncate(fd, len);
  if (!result) record('T', path, 0, len, 0, 0);
  UNLOCK;
  return result;
}
int ftruncate(int fd, off_t len) { return ftruncate64(fd, len); }

int rename(const char *from, const char *to) {
  if (log_fd < 0 || !inside(from)) return real_rename(from, to);
  LOCK;
  int result = real_rename(from, to);
  if (!result) record('N', from, 0, 0, to, strlen(to));
  UNLOCK;
  return result;
}

int unlink(const char *path) {
  if (log_fd < 0 || !inside(path)) return real_unlink(path);
  LOCK;
  int result = real_unlink(path);
  if (!result) record('U', path, 0, 0, 0, 0);
  UNLOCK;
  return result;
}

int open64(const char *path, int flags, ...) {
  int mode = 0;
  if (flags & O_CREAT) { va_list args; va_start(args, flags); mode = va_arg(args, int); va_end(args); }
  if (log_fd < 0 || !(flags & (O_CREAT | O_TRUNC)) || !inside(path)) return real_open(path, flags, mode);
  LOCK;
  int existed = access(path, F_OK) == 0;
  int fd = real_open(path, flags, mode);
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
