import type { Connection } from './connection.js'
import { checkedTables, type CheckedTable, type CheckedTableName } from '../file-jobs/verify/checksums.js'

/**
 * Where a value is sought (`segment_id = ?`), SQLite puts it into every other condition in place of the column, ours too, and may look at
 * ours first, of rows that have another value: in small tables that were analysed it walks instead of seeking. So what does not fit is
 * looked up once more by its key, under a name of its own. Only CASE keeps to an order.
 */
const checkOf = ({ walk, keys, key, checksum, id }: CheckedTable): string => `
  CASE
    WHEN checksum IS ${checksum} THEN 1
    WHEN EXISTS (
      SELECT 1 FROM main.${walk.table} AS again
      WHERE ${keys.map((column) => `again.${column} = ${walk.table}.${column}`).join(' AND ')}
        AND checksum IS NOT ${checksum}
    ) THEN refuse_row('${walk.table}', ${key}, '${id.field}', ${id.sql})
    ELSE 1
  END`

/**
 * SQL that is true of a row that is what its checksum says; it throws CORRUPT, naming the row, of any other. For whoever changes
 * a row in part: what is damaged in the rest would get a checksum that fits.
 */
export const isWhole = (table: CheckedTableName): string =>
  checkedTables
    .filter(({ walk }) => walk.table === table)
    .map(checkOf)
    .join('')

// A temporary view hides the table of its name (https://www.sqlite.org/lang_naming.html), and SQLite looks through it: a
// look-up stays a look-up.
const createViews = checkedTables
  .map(
    (checked) => `
      CREATE TEMP VIEW ${checked.walk.table} AS
      SELECT * FROM main.${checked.walk.table} WHERE ${checkOf(checked)};`,
  )
  .join('')

/**
 * Has every row that this connection serves compared with its checksum. What is only counted or walked past, and where only an
 * id or a key is read, is read from `main` by name and not compared: a damaged user must not take their messages along.
 */
export function checkEveryRow(connection: Connection): void {
  connection.pragma('query_only = 0')
  connection.exec(createViews)
  connection.pragma('query_only = 1')
}
