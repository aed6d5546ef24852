/* Reads of watched files, which fail while `read-fails` is on. */
static int read_fails(int descriptor) {
  int file = watched_file(descriptor);
  if (!file) return 0;
  pthread_mutex_lock(&lock);
  int has_failed = fails("read-fails", file);
  pthread_mutex_unlock(&lock);
  if (has_failed) errno = EIO;
  return has_failed;
}

ssize_t read(int descriptor, void *data, size_t length) {
  REAL(read);
  return read_fails(descriptor) ? -1 : real(descriptor, data, length);
}

ssize_t pread(int descriptor, void *data, size_t length, off_t offset) {
  REAL(pread);
  return read_fails(descriptor) ? -1 : real(descriptor, data, length, offset);
}

ssize_t pread64(int descriptor, void *data, size_t length, off64_t offset) SAME_AS("pread");
