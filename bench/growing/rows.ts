import type { Row } from '../rows.js'

const channels = 20_000
const users = 200_000
/** The exponent of Zipf's law by which seven channels have half of all messages, and the largest one a fifth. */
const skew = 1.3
const startMs = Date.UTC(2026, 0, 1)
const longest = 64_000
const longShare = 0.001
const text =
  'The quick brown fox jumps over the lazy dog, again and again, until everyone in the room has had enough of it. '.repeat(
    Math.ceil(longest / 100),
  )

/** Has a tenth of all messages. */
export const talkativeUser = 'user-0'
/** By size, from 0 on. */
export const channelOfRank = (rank: number): string => `channel-${rank}`
export const idOf = (index: number): string => `message-${index}`
/** A second from one message to the next. */
export const timeOf = (index: number): number => startMs + index * 1000
/** A tenth of the messages has an embedding. */
export const hasVector = (index: number): boolean => index % 10 === 0

/** The nth draw in [0, 1) of a fixed sequence (additive recurrence by an irrational step): the same rows every time. */
const draw = (index: number, step: number): number => (index * step) % 1
const steps = {
  channel: 0.618033988749895,
  user: Math.sqrt(3) - 1,
  talkative: Math.sqrt(11) - 3,
  length: Math.SQRT2 - 1,
  long: Math.sqrt(7) - 2,
}

/** The inverse of the distribution, taken as a continuous one. */
const rankOf = (share: number): number =>
  Math.floor((1 + share * (channels ** (1 - skew) - 1)) ** (1 / (1 - skew))) - 1

/** 20 to 200 characters; one in a thousand has 1,000 to 64,000, the longer the rarer. */
function lengthOf(index: number): number {
  const long = draw(index, steps.long)
  return long < longShare
    ? Math.floor(1000 * (longest / 1000) ** (long / longShare))
    : 20 + Math.floor(180 * draw(index, steps.length))
}

const userOf = (index: number): string =>
  draw(index, steps.talkative) < 0.1
    ? talkativeUser
    : `user-${1 + Math.floor((users - 1) * draw(index, steps.user) ** 2)}`

function createRow(index: number): Row {
  return {
    messageId: idOf(index),
    channelId: channelOfRank(rankOf(draw(index, steps.channel))),
    userId: userOf(index),
    content: text.slice(0, lengthOf(index)),
    timestamp: timeOf(index),
  }
}

/** The messages of a large archive: 20,000 channels of which seven hold half of it, 200,000 users, rare long texts. */
export const createGrowingRows = (count: number, first: number): readonly Row[] =>
  Array.from({ length: count }, (_, index) => createRow(first + index))
