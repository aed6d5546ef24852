/*
 * Preloaded into a child process, it has every load of SQLite's native code take so many milliseconds:
 *
 *   TORTURE_LOAD_MS  how many
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *dlopen(const char *path, int flags) {
  static void *(*real)(const char *, int);
  if (real == NULL) real = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
  const char *milliseconds = getenv("TORTURE_LOAD_MS");
  if (path != NULL && milliseconds != NULL && strstr(path, "better-sqlite3") != NULL) usleep(1000 * atoi(milliseconds));
  return real(path, flags);
}
