/* What changes the names of watched files and folders. */
static int unlink_by(int (*real)(const char *), const char *path) {
  if (!is_watched(path)) return real(path);
  step();
  pthread_mutex_lock(&lock);
  int result = real(path);
  int file = find_linked(path);
  if (result == 0 && file) {
    files[file].is_linked = 0;
    record_path(UNLINK, file, path);
  }
  pthread_mutex_unlock(&lock);
  return result;
}

int unlink(const char *path) {
  REAL(unlink);
  return unlink_by(real, path);
}

/* Node removes a file by this. */
int remove(const char *path) {
  REAL(remove);
  return unlink_by(real, path);
}

/* And what is in a folder by this, one name at a time. */
int unlinkat(int parent, const char *path, int flags) {
  REAL(unlinkat);
  step();
  return real(parent, path, flags);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  int error = is_watched(path) ? full_disk(path) : 0;
  if (is_watched(path)) step();
  if (error == 0) return real(path, mode);
  errno = error;
  return -1;
}

int rmdir(const char *path) {
  REAL(rmdir);
  if (is_watched(path)) step();
  return real(path);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  if (is_watched(from) || is_watched(to)) {
    step();
    refuse("rename");
  }
  return real(from, to);
}
