import { openDatabase, type DatabaseManager, type SegmentQuestion, type SegmentStrategy } from 'convodb'
import { watchEventLoop } from '../measure/event-loop.js'
import { readExcerpts, type Excerpt } from '../segmenting/irc.js'
import { meanScoreOf, scoreOf, type Labelled } from '../segmenting/scores.js'
import { describeConvoDb, pathIn } from './convodb.js'
import type { Side, SideInput } from './side.js'

interface Segmented {
  readonly strategy: SegmentStrategy
  /** Whether messages say what they answer: IRC does not, so this is what the annotators found. */
  readonly knowsAnswers?: boolean
}

/** Segments annotated excerpts of chat, each of them a channel, and compares what comes out with the annotation. */
export const segmenting =
  ({ strategy, knowsAnswers = false }: Segmented): Side =>
  async ({ folder, rows }: SideInput) => {
    await using db = await openDatabase(pathIn(folder), { readers: 1 })
    const excerpts = readExcerpts().slice(0, rows)
    for (const excerpt of excerpts) await db.addMessages(messagesOf(excerpt, knowsAnswers))
    const stopWatching = await watchEventLoop()
    const startedAtMs = performance.now()
    for (const { channelId } of excerpts) await db.segmentChannel({ channelId, strategy })
    const elapsedMs = performance.now() - startedAtMs
    const eventLoop = await stopWatching()
    const labels = (await Promise.all(excerpts.map((excerpt) => labelsOf(db, excerpt)))).flat()
    const together = scoreOf(labels)
    const mean = meanScoreOf(labels)
    return {
      items: excerpts.reduce((sum, { messages }) => sum + messages.length, 0),
      elapsedMs,
      engine: await describeConvoDb(db),
      eventLoop,
      agreement: { ...together, meanOneToOne: mean.oneToOne, meanVariation: mean.variation },
    }
  }

const messagesOf = ({ messages, answered }: Excerpt, knowsAnswers: boolean) =>
  messages.map((message) => ({
    ...message,
    replyToMessageId: knowsAnswers ? (answered.get(message.messageId) ?? null) : null,
  }))

async function labelsOf(db: DatabaseManager, { channelId, gold }: Excerpt): Promise<Labelled[]> {
  const found = new Map<string, string>()
  for (let cursor: string | undefined, isDone = false; !isDone;) {
    const page = await db.getConversationSegments({ channelId, limit: 1_000, cursor })
    const members = await db.getSegmentMessageIds(page.items.map(({ segmentId }) => segmentId))
    for (const { segmentId, messageIds } of members) {
      for (const messageId of messageIds) found.set(messageId, segmentId)
    }
    cursor = page.nextCursor ?? undefined
    isDone = cursor === undefined
  }
  // A message in no segment is alone.
  return [...gold].map(([messageId, conversation]) => ({
    excerpt: channelId,
    gold: conversation,
    found: found.get(messageId) ?? messageId,
  }))
}

/** What a chat has where people name whom they answer: the message before of the one who is named, or else one's own. */
export function mentions({ message, open }: SegmentQuestion) {
  const [first = ''] = message.content.toLowerCase().match(/[\w|[\]`^{}-]+/) ?? []
  const latest = (isMeant: (userId: string) => boolean) =>
    open
      .flatMap((segment) => segment.messages.map((said) => ({ segment, said })))
      .filter(({ said }) => isMeant(said.userId))
      .toSorted((one, other) => other.said.timestamp.getTime() - one.said.timestamp.getTime())[0]?.segment
  return (
    latest((userId) => userId.toLowerCase() === first) ??
    latest((userId) => userId === message.userId) ??
    'new'
  )
}
