/** How durable a commit is: FULL syncs the log at every commit, NORMAL may lose the last commits with the power. */
const levels = ['OFF', 'NORMAL', 'FULL', 'EXTRA']

export interface EngineFacts {
  readonly library: string
  readonly sqliteVersion: unknown
  /** As `PRAGMA journal_mode` and `PRAGMA synchronous` answer on the connection that writes. */
  readonly journalMode: unknown
  readonly synchronous: unknown
}

/** What did the work, in one line. */
export const describeEngine = ({ library, sqliteVersion, journalMode, synchronous }: EngineFacts): string =>
  `${library}, SQLite ${String(sqliteVersion)}, ${String(journalMode).toUpperCase()}, ` +
  `synchronous=${levels[Number(synchronous)] ?? String(synchronous)}`

/** A side that lost rows has not done the work. */
export function assertStored(stored: unknown, rows: number): void {
  if (Number(stored) !== rows) throw new Error(`Stored ${String(stored)} rows instead of ${rows}`)
}
