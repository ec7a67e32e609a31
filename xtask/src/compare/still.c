/* Before the system's own: a clock that stands still, and random numbers that a seed gives. Monotonic time goes on, so that
   whoever waits is woken. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

/* Monday 30 November 2026, noon in Amsterdam. */
static const time_t NOW = 1796036400;

int clock_gettime(clockid_t clock, struct timespec *at) {
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return syscall(SYS_clock_gettime, clock, at);
  at->tv_sec = NOW;
  at->tv_nsec = 0;
  return 0;
}

int gettimeofday(struct timeval *at, void *zone) {
  (void)zone;
  at->tv_sec = NOW;
  at->tv_usec = 0;
  return 0;
}

time_t time(time_t *at) {
  if (at) *at = NOW;
  return NOW;
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static uint64_t state = 0x6b65757a65;

/* splitmix64 */
static uint64_t next(void) {
  uint64_t z = (state += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

ssize_t getrandom(void *buffer, size_t length, unsigned flags) {
  (void)flags;
  unsigned char *bytes = buffer;
  pthread_mutex_lock(&lock);
  for (size_t at = 0; at < length; at += 8) {
    uint64_t value = next();
    for (size_t byte = at; byte < at + 8 && byte < length; byte++, value >>= 8) bytes[byte] = value & 0xff;
  }
  pthread_mutex_unlock(&lock);
  return length;
}
