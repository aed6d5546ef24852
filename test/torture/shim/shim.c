/*
 * Preloaded into a child process, it logs what the process does to the files of one folder, in the order in which it
 * happened, and lets the disk fail on request. Everything else passes through.
 *
 *   TORTURE_FOLDER  the folder; an absolute path without symbolic links
 *   TORTURE_LOG     the log; nothing is logged where it is not set (its form: test/torture/disk/disk-log.ts)
 *   TORTURE_FAULTS  a folder in which a file turns a fault on, for files of which it holds the end of the path:
 *                   "fsync-fails", "write-fails", "read-fails" (all EIO), "disk-full" (no file grows, none is made: ENOSPC),
 *                   "quota-used" (the same: EDQUOT)
 *   TORTURE_DIE_AT  the process is killed before its so many-th step: before it makes, writes, cuts, syncs, renames or
 *                   removes a file or folder there
 *   TORTURE_STEPS   a file that gets how many steps there were, when the process ends by itself
 *
 * SQLite's -shm file is left out: it is mapped memory, and rebuilt after a crash.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum {
  CREATE = 1, UNLINK, WRITE, TRUNCATE, SYNC_BEGIN, SYNC_END, SYNC_FAILED, UNSUPPORTED
};

#define MAX_FILES 4096
#define MAX_DESCRIPTORS 65536
#define NOT_WATCHED 0
#define FOLDER 1

#define REAL(name) \
  static __typeof__(&name) real; \
  if (real == NULL) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* On 64-bit systems the functions with 64 in their names are the same. */
#define SAME_AS(name) __attribute__((alias(name)))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static const char *faults;
static int log_descriptor = -1;
static struct { char path[512]; int is_linked; } files[MAX_FILES];
static int file_count = FOLDER + 1;
static int file_of[MAX_DESCRIPTORS];
static uint64_t sync_count;
static long death_step, step_count;

/* Node closes files past us, so that a descriptor may be another file's by now. */
static int forget(int descriptor) {
  if (descriptor >= 0 && descriptor < MAX_DESCRIPTORS) file_of[descriptor] = NOT_WATCHED;
  return descriptor;
}

static int real_open(const char *path, int flags, mode_t mode) {
  REAL(open);
  return forget(real(path, flags, mode));
}

static int real_close(int descriptor) {
  REAL(close);
  return real(descriptor);
}

static ssize_t real_pwrite(int descriptor, const void *data, size_t length, off_t offset) {
  REAL(pwrite);
  return real(descriptor, data, length, offset);
}

__attribute__((constructor)) static void start(void) {
  const char *log_path = getenv("TORTURE_LOG");
  faults = getenv("TORTURE_FAULTS");
  if (log_path != NULL) log_descriptor = real_open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  folder = getenv("TORTURE_FOLDER");
  if (getenv("TORTURE_DIE_AT") != NULL) death_step = atol(getenv("TORTURE_DIE_AT"));
}

/* The environment may be gone when the process ends, and the C library with it: so this is asked for early, and written plainly. */
static char steps_path[512];
__attribute__((constructor)) static void find_steps(void) {
  if (getenv("TORTURE_STEPS") != NULL) snprintf(steps_path, sizeof steps_path, "%s", getenv("TORTURE_STEPS"));
}

__attribute__((destructor)) static void tell_steps(void) {
  char text[32];
  if (steps_path[0] == 0) return;
  int descriptor = real_open(steps_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  int length = snprintf(text, sizeof text, "%ld", step_count);
  if (real_pwrite(descriptor, text, (size_t)length, 0) != length) abort();
  real_close(descriptor);
}

static void step(void) {
  if (__sync_add_and_fetch(&step_count, 1) == death_step) kill(getpid(), SIGKILL);
}

/* The lock is held wherever this is called, so that the log's order is the order of what it tells. */
static void record(uint32_t kind, int file, uint64_t offset, const void *data, uint64_t length) {
  struct { uint32_t kind, file; uint64_t offset, length; } head = {kind, (uint32_t)file, offset, length};
  struct iovec parts[2] = {{&head, sizeof head}, {(void *)data, length}};
  if (log_descriptor < 0) return;
  if (writev(log_descriptor, parts, 2) != (ssize_t)(sizeof head + length)) abort();
}

static void record_path(uint32_t kind, int file, const char *path) {
  record(kind, file, 0, path, strlen(path));
}

static int ends_with(const char *path, const char *end) {
  size_t path_length = strlen(path), end_length = strlen(end);
  return path_length >= end_length && strcmp(path + path_length - end_length, end) == 0;
}

static int is_watched(const char *path) {
  if (folder == NULL || path == NULL) return 0;
  size_t length = strlen(folder);
  return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0) && !ends_with(path, "-shm");
}

static int watched_file(int descriptor) {
  return descriptor >= 0 && descriptor < MAX_DESCRIPTORS ? file_of[descriptor] : NOT_WATCHED;
}

/* Whether a fault is on for files whose path ends so. */
static int fails_for(const char *fault, const char *path) {
  char flag[1024], end[256];
  if (faults == NULL) return 0;
  snprintf(flag, sizeof flag, "%s/%s", faults, fault);
  int descriptor = real_open(flag, O_RDONLY | O_CLOEXEC, 0);
  if (descriptor < 0) return 0;
  ssize_t length = read(descriptor, end, sizeof end - 1);
  real_close(descriptor);
  end[length < 0 ? 0 : length] = 0;
  return ends_with(path, end);
}

static int fails(const char *fault, int file) {
  return fails_for(fault, files[file].path);
}

/* What keeps a file from growing or from being made, or 0. */
static int full_disk(const char *path) {
  if (fails_for("disk-full", path)) return ENOSPC;
  return fails_for("quota-used", path) ? EDQUOT : 0;
}

static int find_linked(const char *path) {
  if (strcmp(path, folder) == 0) return FOLDER;
  for (int file = FOLDER + 1; file < file_count; file += 1)
    if (files[file].is_linked && strcmp(files[file].path, path) == 0) return file;
  return NOT_WATCHED;
}

static int add_file(const char *path, int existed) {
  if (file_count == MAX_FILES || strlen(path) >= sizeof files[0].path) abort();
  int file = file_count++;
  strcpy(files[file].path, path);
  files[file].is_linked = 1;
  /* Of what was there before, the log knows no contents. */
  record_path(existed ? UNSUPPORTED : CREATE, file, path);
  return file;
}

static int open_watched(const char *path, int flags, mode_t mode) {
  int error;
  if (flags & O_CREAT) step();
  pthread_mutex_lock(&lock);
  int existed = access(path, F_OK) == 0;
  if ((flags & O_CREAT) && !existed && (error = full_disk(path)) != 0) {
    pthread_mutex_unlock(&lock);
    errno = error;
    return -1;
  }
  int descriptor = real_open(path, flags, mode);
  if (descriptor >= MAX_DESCRIPTORS) abort();
  if (descriptor >= 0) {
    int file = find_linked(path);
    if (file == NOT_WATCHED) file = add_file(path, existed);
    else if (flags & O_TRUNC) record(TRUNCATE, file, 0, NULL, 0);
    file_of[descriptor] = file;
  }
  pthread_mutex_unlock(&lock);
  return descriptor;
}

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

int open(const char *path, int flags, ...) {
  MODE_OF(flags)
  return is_watched(path) ? open_watched(path, flags, mode) : real_open(path, flags, mode);
}

int open64(const char *path, int flags, ...) SAME_AS("open");

int openat(int parent, const char *path, int flags, ...) {
  MODE_OF(flags)
  REAL(openat);
  return is_watched(path) ? open_watched(path, flags, mode) : forget(real(parent, path, flags, mode));
}

int openat64(int parent, const char *path, int flags, ...) SAME_AS("openat");

int close(int descriptor) {
  if (watched_file(descriptor)) file_of[descriptor] = NOT_WATCHED;
  return real_close(descriptor);
}

#include "writes.h"

/* SQLite does none of these here. If that changes, the replay must learn of it instead of going on without. */
static void refuse(const char *what) {
  pthread_mutex_lock(&lock);
  record_path(UNSUPPORTED, NOT_WATCHED, what);
  pthread_mutex_unlock(&lock);
}

#include "names.h"

int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  REAL(fallocate);
  if (watched_file(descriptor)) refuse("fallocate");
  return real(descriptor, mode, offset, length);
}

int posix_fallocate(int descriptor, off_t offset, off_t length) {
  REAL(posix_fallocate);
  if (watched_file(descriptor)) refuse("posix_fallocate");
  return real(descriptor, offset, length);
}

/* A descriptor that libuv closed past us may be something else by now: each of its loops maps a ring of its own. */
static int is_file(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  REAL(mmap);
  int writes = (protection & PROT_WRITE) && (flags & MAP_SHARED);
  if (writes && watched_file(descriptor) && is_file(descriptor)) refuse("mmap");
  return real(address, length, protection, flags, descriptor, offset);
}

void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) SAME_AS("mmap");
#include "reads.h"
