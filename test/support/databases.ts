import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase, type DatabaseManager, type NewMessage, type OpenOptions } from 'convodb'
import { afterEach, expect } from 'vitest'

const cleanUps: (() => Promise<void>)[] = []

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
})

/** A folder of its own for the test that asks, removed after it. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'convodb-test-'))
  cleanUps.push(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A database for the test that asks, closed after it. It has one reader, unless told otherwise: each takes time to start. */
export async function temporaryDatabase(
  options: OpenOptions = {},
  path = ':memory:',
): Promise<DatabaseManager> {
  const db = await openDatabase(path, { readers: 1, ...options })
  cleanUps.push(() => db.close())
  return db
}

/** Empties the log. */
export async function emptyLog(db: DatabaseManager): Promise<void> {
  expect(await db.checkpoint({ mode: 'truncate' })).toMatchObject({ busy: false })
}

/** A message with everything that must be there; `fields` are what the test is about. */
export function message(messageId: string, fields: Partial<NewMessage> = {}): NewMessage {
  return { messageId, channelId: 'general', userId: 'ada', content: 'hello', timestamp: 1_000, ...fields }
}

/** Expects the call to reject with this code, and with the details given. */
export async function expectError(call: Promise<unknown>, code: string, details: object = {}): Promise<void> {
  await expect(call).rejects.toMatchObject({ name: 'ConvoDbError', code, details })
}
