import { isDeepStrictEqual } from 'node:util'
import { ConvoDbError, type BatchedOperation, type DatabaseManager } from 'convodb'

/** Of each request so many messages are stored, all of them once. */
export const messagesPerRequest = 5

/** Every third request is all or none, and in every fourth one operation fails. */
const isGroup = (key: string): boolean => numberOf(key) % 3 === 0
const hasFailing = (key: string): boolean => !isGroup(key) && numberOf(key) % 4 === 1
const numberOf = (key: string): number => Number(/\d+$/.exec(key)?.[0])

/** What is done under a key. Whatever of it is done twice has another answer the second time. */
function operationsOf(key: string): BatchedOperation[] {
  const row = {
    channelId: `c${numberOf(key) % 7}`,
    userId: 'ada',
    content: `${key} says hello`,
    timestamp: 1,
  }
  const store = (part: number): BatchedOperation => ({
    name: 'storeMessage',
    params: { ...row, messageId: `${key}/${part}`, onConflict: 'error' },
  })
  const messages = [4, 5].map((part) => ({ ...row, messageId: `${key}/${part}` }))
  return [
    store(1),
    store(2),
    store(3),
    { name: 'addMessages', params: { messages } },
    {
      name: 'createConversationSegment',
      params: { segmentId: key, channelId: row.channelId, startTime: 0, endTime: 1 },
    },
    { name: 'recordActivity', params: { userId: key, timestamp: numberOf(key) } },
    ...(hasFailing(key) ? [store(1)] : []),
  ]
}

/** The answer in short, by which one that was given a second time can be told from one of something done a second time. */
async function answerTo(db: DatabaseManager, key: string): Promise<readonly unknown[]> {
  const options = { idempotencyKey: key }
  if (isGroup(key)) return answerToGroup(() => db.batch(operationsOf(key), options))
  const outcomes = await db.executeEach(operationsOf(key), options)
  return outcomes.map((outcome) => (outcome.ok ? shorten(outcome.value) : outcome.error.code))
}

async function answerToGroup(call: () => Promise<readonly unknown[]>): Promise<readonly unknown[]> {
  try {
    return (await call()).map(shorten)
  } catch (error) {
    if (error instanceof ConvoDbError && error.code === 'ALREADY_EXISTS') return [error.code]
    throw error
  }
}

function shorten(value: unknown): unknown {
  const fields: { outcome?: unknown; inserted?: unknown; segmentId?: unknown; userId?: unknown } =
    Object(value)
  return fields.outcome ?? fields.inserted ?? fields.segmentId ?? fields.userId
}

/** Makes the request, for the first time or again, and tells what is wrong with its answer, if anything is. */
export async function findWrong(db: DatabaseManager, key: string): Promise<string | undefined> {
  const answer = await answerTo(db, key)
  const expected = [
    'inserted',
    'inserted',
    'inserted',
    2,
    key,
    key,
    ...(hasFailing(key) ? ['ALREADY_EXISTS'] : []),
  ]
  return isDeepStrictEqual(answer, expected) ? undefined : JSON.stringify(answer)
}
