import { ConvoDbError } from '../../protocol/errors.js'
import type { Connection } from '../connection/connection.js'
import { inSavepoint } from './savepoint.js'
import { ourTables } from './our-tables.js'

const selectSchema = `
  SELECT 'main' AS place, type, lower(name) AS name, lower(tbl_name) AS tableName, sql FROM main.sqlite_schema
  UNION ALL SELECT 'temp', type, lower(name), lower(tbl_name), sql FROM temp.sqlite_schema`

interface SchemaObject {
  readonly place: 'main' | 'temp'
  readonly type: string
  readonly name: string
  readonly tableName: string
  readonly sql: string | null
}

const isOurs = ({ name, tableName }: SchemaObject): boolean => ourTables.has(tableName) || ourTables.has(name)

/** A temporary trigger could watch any table, and a trigger of the same name pass for ours. */
function listOurs(connection: Connection, ourTriggers: ReadonlySet<string>): string {
  const objects = connection.all<SchemaObject>(selectSchema).filter((object) => {
    const isTrigger = object.type === 'trigger'
    return isOurs(object) || (isTrigger && (object.place === 'temp' || ourTriggers.has(object.name)))
  })
  return JSON.stringify(objects.map((object) => JSON.stringify(object)).toSorted())
}

/**
 * Runs a statement that changes the schema, unless it changes what is ours.
 *
 * @throws SQL_NOT_ALLOWED; the statement is undone then, and the transaction goes on
 */
export function runSchemaChange<Value>(
  connection: Connection,
  ourTriggers: ReadonlySet<string>,
  run: () => Value,
): Value {
  const before = listOurs(connection, ourTriggers)
  return inSavepoint(connection, () => {
    const value = run()
    if (listOurs(connection, ourTriggers) === before) return value
    throw new ConvoDbError(
      'SQL_NOT_ALLOWED',
      "The statement would change ConvoDB's own tables, or hide one; tables of your own, under other names, are yours to change",
      { field: 'sql' },
    )
  })
}
