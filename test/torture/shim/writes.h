/* What changes the contents of watched files. */
static ssize_t pwrite_watched(int file, int descriptor, const void *data, size_t length, off_t offset) {
  struct stat status;
  size_t allowed = length;
  int error = 0, full;
  step();
  pthread_mutex_lock(&lock);
  if (fails("write-fails", file)) {
    /* A write that fails may have been carried out in part. */
    allowed = length / 2;
    error = EIO;
  } else if ((full = full_disk(files[file].path)) != 0 && fstat(descriptor, &status) == 0 && offset + (off_t)length > status.st_size) {
    allowed = offset < status.st_size ? (size_t)(status.st_size - offset) : 0;
    if (allowed == 0) error = full;
  }
  ssize_t written = allowed > 0 ? real_pwrite(descriptor, data, allowed, offset) : 0;
  if (written > 0) record(WRITE, file, (uint64_t)offset, data, (uint64_t)written);
  pthread_mutex_unlock(&lock);
  if (error == 0) return written;
  errno = error;
  return -1;
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
  int file = watched_file(descriptor);
  return file ? pwrite_watched(file, descriptor, data, length, offset) : real_pwrite(descriptor, data, length, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) SAME_AS("pwrite");

ssize_t write(int descriptor, const void *data, size_t length) {
  REAL(write);
  int file = watched_file(descriptor);
  if (!file) return real(descriptor, data, length);
  step();
  pthread_mutex_lock(&lock);
  ssize_t written = real(descriptor, data, length);
  if (written > 0) record(WRITE, file, (uint64_t)(lseek(descriptor, 0, SEEK_CUR) - written), data, (uint64_t)written);
  pthread_mutex_unlock(&lock);
  return written;
}

int ftruncate(int descriptor, off_t size) {
  REAL(ftruncate);
  int file = watched_file(descriptor);
  if (!file) return real(descriptor, size);
  step();
  pthread_mutex_lock(&lock);
  int result = real(descriptor, size);
  if (result == 0) record(TRUNCATE, file, (uint64_t)size, NULL, 0);
  pthread_mutex_unlock(&lock);
  return result;
}

int ftruncate64(int descriptor, off64_t size) SAME_AS("ftruncate");

/* Other threads write meanwhile: only what was written before the beginning is durable at the end. */
static int sync_watched(int file, int descriptor, int (*real)(int)) {
  step();
  pthread_mutex_lock(&lock);
  uint64_t sync = sync_count++;
  record(SYNC_BEGIN, file, sync, NULL, 0);
  int has_failed = fails("fsync-fails", file);
  pthread_mutex_unlock(&lock);
  int result = has_failed ? -1 : real(descriptor);
  pthread_mutex_lock(&lock);
  record(result == 0 ? SYNC_END : SYNC_FAILED, file, sync, NULL, 0);
  pthread_mutex_unlock(&lock);
  if (has_failed) errno = EIO;
  return result;
}

int fsync(int descriptor) {
  REAL(fsync);
  int file = watched_file(descriptor);
  return file ? sync_watched(file, descriptor, real) : real(descriptor);
}

int fdatasync(int descriptor) {
  REAL(fdatasync);
  int file = watched_file(descriptor);
  return file ? sync_watched(file, descriptor, real) : real(descriptor);
}
