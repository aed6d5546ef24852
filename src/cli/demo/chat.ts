import type { NewMessage, Params } from '../../main/index.js'
import { createChannels, type ChatChannel } from './channels.js'
import { compose } from './compose.js'
import { isOver, say, startConversation, toSegment, type Conversation } from './conversation.js'
import { createPeople, type Person } from './people.js'
import { createRandom, type Random } from './random.js'
import { timeOfShare } from './rhythm.js'
import { zipfSampler } from './weighted.js'

/** What happens in a chat, in order; a segment comes after the last of its messages. */
export type ChatEvent =
  | { readonly kind: 'message'; readonly message: NewMessage }
  | { readonly kind: 'segment'; readonly segment: Params<'createSegmentWithMessages'> }

export interface ChatSettings {
  readonly messages: number
  readonly seed: number
}

export interface Chat {
  /** The busiest first. */
  readonly channels: readonly ChatChannel[]
  readonly people: readonly Person[]
  /** One of the channels, a busy one more often than a quiet one. */
  readonly someChannel: (random: Random) => ChatChannel
  /** The whole chat from its beginning; made as it is read, so that its length costs no memory. */
  events(): Generator<ChatEvent, void, void>
}

const between = (low: number, value: number, high: number): number =>
  Math.min(high, Math.max(low, Math.round(value)))

/** Invents a chat. The same settings give the same channels, people, messages and segments. */
export function createChat({ messages, seed }: ChatSettings): Chat {
  const random = createRandom(seed)
  const people = createPeople(random, between(60, messages / 50, 2000))
  const channels = createChannels(random, people, between(12, messages / 2500, 120))
  const someChannel = zipfSampler(channels, 1)
  const eventsSeed = random.integer(0, 2 ** 32 - 1)
  return {
    channels,
    people,
    someChannel,
    events: () => chatEvents(createRandom(eventsSeed), someChannel, messages),
  }
}

/** Several conversations are under way at any time; they interleave, in the chat and inside busy channels. */
function* chatEvents(
  random: Random,
  someChannel: (random: Random) => ChatChannel,
  messages: number,
): Generator<ChatEvent, void, void> {
  const underWay: Conversation[] = []
  const underWayAtOnce = between(3, messages / 8000, 60)
  let started = 0
  for (let index = 0; index < messages; index += 1) {
    const messageId = `m-${index + 1}`
    const timestampMs = timeOfShare((index + random.next()) / messages)
    if (random.chance(0.06)) {
      yield { kind: 'message', message: smallTalk(random, someChannel(random), messageId, timestampMs) }
      continue
    }
    while (underWay.length < underWayAtOnce) {
      started += 1
      underWay.push(startConversation(random, someChannel(random), `s-${started}`))
    }
    const conversation = random.pick(underWay)
    yield { kind: 'message', message: say(random, conversation, messageId, timestampMs) }
    if (!isOver(conversation)) continue
    underWay.splice(underWay.indexOf(conversation), 1)
    yield* segmentEvents(random, conversation)
  }
  for (const conversation of underWay) yield* segmentEvents(random, conversation)
}

/** Something said in passing, which belongs to no conversation. */
function smallTalk(random: Random, channel: ChatChannel, messageId: string, timestampMs: number): NewMessage {
  const person = channel.someone(random)
  const { language, theme } = channel
  const content = compose(random, 'greet', { language, theme, topic: '', name: person.callName })
  return { messageId, channelId: channel.channelId, userId: person.userId, content, timestamp: timestampMs }
}

function* segmentEvents(random: Random, conversation: Conversation): Generator<ChatEvent, void, void> {
  const segment = toSegment(random, conversation)
  if (segment !== undefined) yield { kind: 'segment', segment }
}
