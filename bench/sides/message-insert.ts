import type Database from 'better-sqlite3'

interface ColumnInfo {
  readonly name: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
}

/** In the order in which the loop binds them. */
const bound = ['message_id', 'channel_key', 'user_key', 'content', 'timestamp']
const constants: Readonly<Record<string, string>> = { message_type: `'message'` }
const key = 'message_key'

export interface MessageInsert {
  /** Binds id, channel key, user key, content and timestamp, and then the message's key where that is needed. */
  readonly sql: string
  /** Whether the table leaves the choice of the key to the loop, as one WITHOUT ROWID does. */
  readonly needsKey: boolean
}

/**
 * The insert into the messages table of a file that ConvoDB made. The columns are read from the file, so that the loop
 * follows the schema.
 *
 * @throws Error naming a column that must be filled and that the loop does not know
 */
export function messageInsert(database: Database.Database): MessageInsert {
  const columns = database
    .prepare<[], ColumnInfo>(`SELECT name, "notnull", dflt_value, pk FROM pragma_table_info('messages')`)
    .all()
  const has = (name: string): boolean => columns.some((column) => column.name === name)
  const needsKey = has(key) && columns.filter(({ pk }) => pk > 0).length > 1
  const unknown = columns.find(
    ({ name, notnull, dflt_value }) =>
      notnull === 1 &&
      dflt_value === null &&
      name !== key &&
      !bound.includes(name) &&
      !Object.hasOwn(constants, name),
  )
  if (unknown !== undefined) {
    throw new Error(`bench/sides/message-insert.ts does not know what to store as messages.${unknown.name}`)
  }
  const literals = Object.entries(constants).filter(([name]) => has(name))
  const names = [...bound, ...(needsKey ? [key] : []), ...literals.map(([name]) => name)]
  const values = [...bound, ...(needsKey ? [key] : [])].map(() => '?')
  return {
    needsKey,
    sql: `
      INSERT INTO messages (${names.join(', ')})
      VALUES (${[...values, ...literals.map(([, literal]) => literal)].join(', ')})
      ON CONFLICT (message_id) DO NOTHING`,
  }
}
