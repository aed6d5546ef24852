/** A message as every side stores it. */
export interface Row {
  readonly messageId: string
  readonly channelId: string
  readonly userId: string
  readonly content: string
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** A message with what the reading cases have to parse as well. */
export interface RichRow extends Row {
  readonly replyToMessageId?: string
  readonly metadata?: { readonly [key: string]: string | number }
}

const channels = 200
const users = 5000
const text =
  'The quick brown fox jumps over the lazy dog, again and again, until everyone in the room has had enough of it. '.repeat(
    2,
  )

/** The nth draw in [0, 1) of a fixed sequence (additive recurrence by an irrational step): the same rows every time. */
const draw = (index: number, step: number): number => (index * step) % 1

export function createRow(index: number): Row {
  const length = 20 + Math.floor(180 * draw(index, Math.SQRT2 - 1))
  return {
    messageId: `message-${index}`,
    channelId: `channel-${Math.floor(channels * draw(index, 0.618033988749895) ** 2)}`,
    userId: `user-${Math.floor(users * draw(index, Math.sqrt(3) - 1) ** 2)}`,
    content: text.slice(0, length),
    timestamp: Date.UTC(2026, 0, 1) + index * 1000,
  }
}

/**
 * The same rows for every side and every run, made beforehand so that making them is not measured: 200 channels and
 * 5,000 users, skewed; contents of 20 to 200 characters; a second from one message to the next.
 */
export const createRows = (count: number, first = 0): readonly Row[] =>
  Array.from({ length: count }, (_, index) => createRow(first + index))

/** The same, and every fourth one answers another and carries metadata. */
export const createRichRows = (count: number): readonly RichRow[] =>
  Array.from({ length: count }, (_, index) =>
    index % 4 === 0
      ? {
          ...createRow(index),
          replyToMessageId: `message-${index >> 1}`,
          metadata: { client: 'bench', score: index },
        }
      : createRow(index),
  )

/** The channels a reader asks for, one after another: busy and quiet ones. */
export const channelToRead = (index: number): string => `channel-${(index * 7) % channels}`

/** Lists of up to `size` neighbours. */
export const chunk = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
