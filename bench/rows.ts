/** A message as every side stores it. */
export interface Row {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly content: string
  readonly timestamp: number
}

const channels = 200
const users = 5000
const text =
  'The quick brown fox jumps over the lazy dog, again and again, until everyone in the room has had enough of it. '

/** The nth draw in [0, 1) of a fixed sequence (additive recurrence by the golden ratio): the same rows every time. */
const draw = (index: number, step: number): number => (index * step) % 1

/**
 * The same rows for every side and every run, made beforehand so that making them is not measured: skewed channels and
 * users, contents of 20 to 200 characters, a second from one message to the next.
 */
export function createRows(count: number): readonly Row[] {
  return Array.from({ length: count }, (_, index) => {
    const length = 20 + Math.floor(180 * draw(index, Math.SQRT2 - 1))
    return {
      messageId: `message-${index}`,
      channelId: `channel-${Math.floor(channels * draw(index, 0.618033988749895) ** 2)}`,
      userId: `user-${Math.floor(users * draw(index, Math.sqrt(3) - 1) ** 2)}`,
      content: (text + text).slice(0, length),
      timestamp: Date.UTC(2026, 0, 1) + index * 1000,
    }
  })
}

/** The channels a reader asks for, one after another: busy and quiet ones. */
export const channelToRead = (index: number): string => `channel-${(index * 7) % channels}`
