import Database from 'better-sqlite3'

/** What SQLite alone finds in a file, without changing it. */
export interface Dump {
  readonly version: unknown
  readonly integrity: unknown
  /** The schema and every row of every table. */
  readonly rows: string
}

export function dumpFile(path: string): Dump {
  const database = new Database(path)
  try {
    const names = database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck()
    const tables = ['sqlite_schema', ...names.all()]
    return {
      version: database.pragma('user_version', { simple: true }),
      integrity: database.pragma('integrity_check', { simple: true }),
      rows: JSON.stringify(tables.map((name) => [name, database.prepare(`SELECT * FROM ${name}`).all()])),
    }
  } finally {
    database.close()
  }
}
