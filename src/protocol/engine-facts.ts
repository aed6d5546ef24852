/** What the SQLite under a database is, and which files it takes for ours. */
export interface EngineFacts {
  readonly sqliteVersion: string
  /** In a database file's header. */
  readonly applicationId: number
  /** The version of the schema that this ConvoDB reads and writes. */
  readonly schemaVersion: number
}
