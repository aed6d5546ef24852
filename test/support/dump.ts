import Database from 'better-sqlite3'

/** What SQLite alone finds in a file, without changing it. */
export interface Dump {
  readonly version: unknown
  readonly integrity: unknown
  /** The schema and every row of every table but those of bounds. */
  readonly rows: string
}

/** Bounds that may be wider than they need be, and a version by which all is coded anew: `verify` only tells where they are too narrow, and nothing is missed by wider ones. */
const bounds: ReadonlySet<string> = new Set(['block_times', 'message_blocks', 'vector_coding'])

export function dumpFile(path: string): Dump {
  const database = new Database(path)
  try {
    const names = database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).pluck()
    const tables = ['sqlite_schema', ...names.all().filter((name) => !bounds.has(name))]
    return {
      version: database.pragma('user_version', { simple: true }),
      integrity: database.pragma('integrity_check', { simple: true }),
      rows: JSON.stringify(tables.map((name) => [name, rowsOf(database, name)])),
    }
  } finally {
    database.close()
  }
}

/** The version of a block only says that it is another one than a reader has in memory. */
function rowsOf(database: Database.Database, table: string): unknown[] {
  const rows = database.prepare<[], object>(`SELECT * FROM ${table}`).all()
  return table === 'vector_blocks' ? rows.map((row) => ({ ...row, version: undefined })) : rows
}
