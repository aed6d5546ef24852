/** What SQLite puts beside a database under its name: its log, the index of the log, and a journal. */
export const sqliteSuffixes = ['-wal', '-shm', '-journal'] as const
/** And what we do: a lock, and whose it is. */
export const sidecarSuffixes = [...sqliteSuffixes, '-lock', '-owner'] as const
