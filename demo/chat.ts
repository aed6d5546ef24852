import type { NewMessage, Params } from 'convodb'
import { languages, type Language } from './languages.js'
import { createRandom, type Random } from './random.js'

export type NewSegment = Params<'createSegmentWithMessages'>

interface Person {
  readonly userId: string
  readonly displayName: string
  readonly language: Language
}

interface Channel {
  readonly channelId: string
  readonly language: Language
  /** Who writes there, the busiest first. */
  readonly speakers: readonly Person[]
}

export interface Chat {
  /** The busiest first. */
  readonly channels: readonly Channel[]
  readonly people: readonly Person[]
  /**
   * The whole chat from its beginning, in order; a segment comes after the last of its messages. Made as it is read, so
   * that its length costs no memory.
   */
  events(): Generator<NewMessage | NewSegment, void, void>
}

/** Somebody asks, others answer, and it ends. */
interface Conversation {
  readonly channel: Channel
  readonly topic: string
  readonly participants: readonly [Person, ...Person[]]
  readonly plannedLength: number
  readonly said: { readonly messageId: string; readonly timestampMs: number; readonly person: Person }[]
}

/** Fixed: the same seed must give the same chat. */
const chatStartMs = Date.UTC(2026, 1, 2)
const chatLengthMs = 21 * 24 * 3_600_000
const conversationsAtOnce = 12
/** A few channels, and a few people in each, write most. */
const skew = 2

/** Invents a chat. The same settings give the same channels, people, messages and segments. */
export function createChat({ messages, seed }: { messages: number; seed: number }): Chat {
  const random = createRandom(seed)
  const people = Array.from({ length: Math.min(2000, Math.ceil(messages / 50)) }, (_, index): Person => {
    // Each language has its first speaker.
    const language = languages[index] ?? random.pick(languages)
    const displayName = `${random.pick(language.givenNames)} ${random.pick(language.familyNames)}`
    return { userId: `user-${String(index + 1).padStart(4, '0')}`, displayName, language }
  })
  const channels = ['general', 'help', 'food', 'travel'].flatMap((name) =>
    languages.map((language): Channel => {
      const speakers = people.filter((person) => person.language === language)
      return { channelId: `${name}-${language.code}`, language, speakers }
    }),
  )
  return { channels, people, events: () => chatEvents(createRandom(seed + 1), channels, messages) }
}

/** Several conversations are under way at any time and interleave. */
function* chatEvents(
  random: Random,
  channels: readonly Channel[],
  messages: number,
): ReturnType<Chat['events']> {
  const underWay: Conversation[] = []
  for (let index = 0; index < messages; index += 1) {
    while (underWay.length < conversationsAtOnce) underWay.push(begin(random, random.pick(channels, skew)))
    const conversation = random.pick(underWay)
    const timestampMs = chatStartMs + Math.floor((index / messages) * chatLengthMs)
    yield say(random, conversation, `m-${index + 1}`, timestampMs)
    if (conversation.said.length < conversation.plannedLength) continue
    underWay.splice(underWay.indexOf(conversation), 1)
    yield segmentOf(random, conversation)
  }
}

function begin(random: Random, channel: Channel): Conversation {
  const someone = (): Person => random.pick(channel.speakers, skew)
  return {
    channel,
    topic: random.pick(channel.language.topics),
    participants: [someone(), ...Array.from({ length: random.integer(2, 5) }, someone)],
    // Many short ones, a few long ones.
    plannedLength: 3 + Math.floor(-6 * Math.log(1 - random.next())),
    said: [],
  }
}

/** The conversation's next message; whoever asked says thanks. */
function say(random: Random, conversation: Conversation, messageId: string, timestampMs: number): NewMessage {
  const { channel, topic, said, participants, plannedLength } = conversation
  const { questions, answers, reactions, thanks } = channel.language
  const isFirst = said.length === 0
  const isLast = said.length === plannedLength - 1
  const sentences = isFirst ? questions : isLast ? thanks : random.chance(0.6) ? answers : reactions
  const person = isFirst || isLast ? participants[0] : random.pick(participants.slice(1))
  const target = isFirst ? undefined : isLast ? said.at(-1) : random.pick(said)
  const [name = ''] = (target?.person ?? person).displayName.split(' ')
  said.push({ messageId, timestampMs, person })
  return {
    messageId,
    channelId: channel.channelId,
    userId: person.userId,
    content: random.pick(sentences).replace('{topic}', topic).replace('{name}', name),
    timestamp: timestampMs,
    replyToMessageId: target !== undefined && random.chance(0.5) ? target.messageId : null,
  }
}

function segmentOf(random: Random, { said, channel, topic }: Conversation): NewSegment {
  return {
    segmentId: `s-${said[0]?.messageId}`,
    channelId: channel.channelId,
    startTime: said[0]?.timestampMs ?? 0,
    endTime: said.at(-1)?.timestampMs ?? 0,
    summary: topic,
    coherenceScore: random.integer(60, 99) / 100,
    messages: said.map(({ messageId }) => messageId),
  }
}
