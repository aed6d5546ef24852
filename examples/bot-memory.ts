/**
 * A bot's memory: it stores what it hears and says, recalls the recent conversation for its prompt, and keeps a
 * profile of each user that grows with what it learns.
 *
 *     node bot-memory.ts [path]     the path defaults to ':memory:'
 */
import { randomUUID } from 'node:crypto'
import { openDatabase, type DatabaseManager, type JsonObject } from 'convodb'

const botId = 'bot'
const channelId = 'kitchen-talk'

/** Stores one message; what is said is on disk before anyone answers it. */
async function remember(db: DatabaseManager, userId: string, content: string): Promise<string> {
  const messageId = randomUUID()
  await db.storeMessage({ messageId, channelId, userId, content, timestamp: new Date() })
  return messageId
}

/** What the model is shown: who asks, what the bot knows of them, and the last messages, oldest first. */
async function recall(db: DatabaseManager, userId: string): Promise<string> {
  const [{ items }, user, known] = await Promise.all([
    db.getMessages({ channelId, limit: 6 }),
    db.getUser(userId),
    db.getProfile(userId),
  ])
  const lines = items.toReversed().map((message) => `${message.userId}: ${message.content}`)
  return [
    `You talk with ${user?.displayName ?? userId}, who wrote ${user?.messageCount ?? 0} messages so far.`,
    `You know about them: ${JSON.stringify(known?.profile ?? {})}`,
    ...lines,
  ].join('\n')
}

/** Stands in for a language model: it learns simple facts and answers. */
function think(content: string): { readonly learned: JsonObject; readonly answer: string } {
  const [, food] = /i (?:like|love) (\w+)/i.exec(content) ?? []
  if (food !== undefined) return { learned: { likes: { [food]: true } }, answer: `Noted: ${food}!` }
  const [, allergy] = /allergic to (\w+)/i.exec(content) ?? []
  // In a merge patch null removes a key: whoever is allergic to it no longer likes it.
  if (allergy !== undefined) {
    return { learned: { allergies: [allergy], likes: { [allergy]: null } }, answer: `No ${allergy} then.` }
  }
  return { learned: {}, answer: 'How about a soup?' }
}

const heard = [
  'Hi! I like walnuts.',
  'And I love soup, especially in winter.',
  'Bad news: I am allergic to walnuts.',
  'What shall I cook tonight?',
]

await using db = await openDatabase(process.argv[2] ?? ':memory:')
await db.upsertUser({ userId: 'ada', displayName: 'Ada Lovelace' })

for (const content of heard) {
  await remember(db, 'ada', content)
  const { learned, answer } = think(content)
  // Both at once: they are committed together, and each promise resolves when that is done.
  await Promise.all([db.updateProfile({ userId: 'ada', profile: learned }), remember(db, botId, answer)])
}

console.log('The prompt for the next answer:\n')
console.log(await recall(db, 'ada'))
const total = await db.countMessages({ channelId })
console.log(`\n${total} messages remembered in ${channelId}.`)
