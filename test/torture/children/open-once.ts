import { openDatabase } from 'convodb'

/** Opens a database, stores a message and closes it, unless the process is killed before it is done. */
export interface OpenTask {
  readonly path: string
}

const { path }: OpenTask = JSON.parse(process.argv[2] ?? '')
const db = await openDatabase(path)
await db.storeMessage({ messageId: 'new', channelId: 'general', userId: 'ada', content: '', timestamp: 1 })
await db.close()
