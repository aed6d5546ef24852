import type { NewMessage, Params } from '../../main/index.js'
import type { ChatChannel } from './channels.js'
import { compose, type Act } from './compose.js'
import type { Person } from './people.js'
import type { Random } from './random.js'

type NewSegment = Params<'createSegmentWithMessages'>

interface Said {
  readonly messageId: string
  readonly person: Person
  readonly content: string
  readonly timestampMs: number
}

/** A conversation under way: somebody asks or shows something, others join in, and it ends. */
export interface Conversation {
  readonly segmentId: string
  readonly channel: ChatChannel
  readonly topic: string
  readonly opening: 'ask' | 'share'
  readonly participants: readonly Person[]
  readonly plannedLength: number
  readonly said: Said[]
}

/** Starts a conversation in a channel; nothing is said yet. */
export function startConversation(random: Random, channel: ChatChannel, segmentId: string): Conversation {
  const size = random.integer(2, 6)
  const participants = new Set<Person>()
  for (let draw = 0; participants.size < size && draw < 4 * size; draw += 1) {
    participants.add(channel.someone(random))
  }
  return {
    segmentId,
    channel,
    topic: random.pick(channel.language.topics[channel.theme]),
    opening: random.chance(0.7) ? 'ask' : 'share',
    participants: [...participants],
    // Many short ones, a few long ones.
    plannedLength: 3 + Math.floor(-7 * Math.log(1 - random.next())),
    said: [],
  }
}

export const isOver = ({ said, plannedLength }: Conversation): boolean => said.length >= plannedLength

/** The conversation's next message. */
export function say(
  random: Random,
  conversation: Conversation,
  messageId: string,
  timestampMs: number,
): NewMessage {
  const { channel, topic, said } = conversation
  const act = nextAct(random, conversation)
  const person = nextSpeaker(random, conversation, act)
  const target = random.chance(0.7) ? said.at(-1) : said[random.integer(0, said.length - 1)]
  const name = target?.person.callName ?? person.callName
  const word = (): string =>
    compose(random, act, { language: channel.language, theme: channel.theme, topic, name })
  const first = word()
  const content = said.some((earlier) => earlier.content === first) ? word() : first
  said.push({ messageId, person, content, timestampMs })
  return {
    messageId,
    channelId: channel.channelId,
    userId: person.userId,
    content,
    timestamp: timestampMs,
    replyToMessageId: target !== undefined && random.chance(0.45) ? target.messageId : null,
  }
}

function nextAct(random: Random, { opening, said, plannedLength }: Conversation): Act {
  if (said.length === 0) return opening
  if (said.length === plannedLength - 1) return opening === 'ask' ? 'thank' : 'react'
  if (said.length === 1 && opening === 'ask') return 'answer'
  const chance = random.next()
  if (chance < (opening === 'ask' ? 0.5 : 0.2)) return 'answer'
  return chance < 0.7 ? 'follow up' : 'react'
}

/** Whoever began says thanks; otherwise nobody answers himself while there is someone else. */
function nextSpeaker(random: Random, { participants, said, channel }: Conversation, act: Act): Person {
  const [starter] = participants
  if (starter !== undefined && (said.length === 0 || act === 'thank')) return starter
  const last = said.at(-1)?.person
  const others = participants.filter((person) => person !== last && (act !== 'answer' || person !== starter))
  return others.length > 0 ? random.pick(others) : channel.someone(random)
}

/** The conversation as a segment; undefined when too little was said. */
export function toSegment(random: Random, conversation: Conversation): NewSegment | undefined {
  const { said, segmentId, channel, topic } = conversation
  const [first] = said
  const last = said.at(-1)
  if (first === undefined || last === undefined || said.length < 2) return undefined
  const hours = Math.max((last.timestampMs - first.timestampMs) / 3_600_000, 1 / 60)
  return {
    segmentId,
    channelId: channel.channelId,
    startTime: first.timestampMs,
    endTime: last.timestampMs,
    summary: topic,
    coherenceScore: random.integer(60, 99) / 100,
    activityLevel: Math.round((10 * said.length) / hours) / 10,
    messages: said.map(({ messageId, content }) => ({
      messageId,
      contributionScore: Math.min(1, Math.round(content.length / 1.2) / 100),
    })),
  }
}
