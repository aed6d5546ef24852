import type { Check } from './inspection.js'

// PRAGMA takes no parameters; as many messages as this name the damage well enough.
const checkIntegrity = 'PRAGMA integrity_check(100)'

// It does not count the entries of partial indexes (since SQLite 3.53 at the latest).
const partialIndexes = [
  {
    index: 'embeddings_by_message',
    countEntries: `
      SELECT count(*) FROM embeddings INDEXED BY embeddings_by_message WHERE message_key IS NOT NULL`,
    countRows: `SELECT count(*) FROM embeddings NOT INDEXED WHERE message_key IS NOT NULL`,
  },
  {
    index: 'embeddings_by_segment',
    countEntries: `
      SELECT count(*) FROM embeddings INDEXED BY embeddings_by_segment WHERE segment_key IS NOT NULL`,
    countRows: `SELECT count(*) FROM embeddings NOT INDEXED WHERE segment_key IS NOT NULL`,
  },
] as const

/**
 * SQLite's own check of pages and indexes (https://www.sqlite.org/pragma.html#pragma_integrity_check). On a connection that
 * only reads it knows no CHECK constraints; the other checks cover what ours say.
 */
export const integrity: Check = {
  name: 'integrity',
  snapshot: 'check',
  run(inspection) {
    const { connection } = inspection
    for (const message of connection.column<string>(checkIntegrity)) {
      if (message !== 'ok') inspection.report({ message })
    }
    for (const { index, countEntries, countRows } of partialIndexes) {
      const [entries] = connection.column<number>(countEntries)
      const [rows] = connection.column<number>(countRows)
      if (entries === rows) continue
      inspection.report({
        table: 'embeddings',
        message: `The index ${index} has ${entries} entries for ${rows} rows`,
      })
    }
  },
}
