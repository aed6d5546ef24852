import { createRows, type Row } from '../rows.js'
import { pathIn } from './convodb.js'
import type { SideInput } from './side.js'
import { openSqlite } from './sqlite.js'
import { insertTextKeyChannel, insertTextKeyUser, textKeySchema, toTextTime } from './text-key-schema.js'

/**
 * A file of the original's schema in which every channel and user already exists, as the original demands, for sides
 * that then store the messages in their own way.
 */
export function createTextKeyFile({ folder, rows: count }: SideInput): {
  readonly path: string
  readonly rows: readonly Row[]
} {
  const path = pathIn(folder)
  const rows = createRows(count)
  const database = openSqlite(path)
  database.exec(textKeySchema)
  const insertChannel = database.prepare(insertTextKeyChannel)
  const insertUser = database.prepare(insertTextKeyUser)
  database.transaction(() => {
    for (const { channelId, userId, timestamp } of rows) {
      insertChannel.run(channelId, toTextTime(timestamp))
      insertUser.run(userId, toTextTime(timestamp))
    }
  })()
  database.close()
  return { path, rows }
}

/** What a message binds to `insertTextKeyMessage`. */
export const textKeyValues = ({ messageId, channelId, userId, content, timestamp }: Row): string[] => [
  messageId,
  channelId,
  userId,
  content,
  toTextTime(timestamp),
]
