import { Type } from 'typebox'
import { Compile } from 'typebox/compile'
import { ConvoDbError } from '../../protocol/errors.js'
import { decodeChangeCursor } from '../../protocol/change-cursor.js'
import { maxIdLength } from '../../protocol/limits.js'
import { check } from '../validation/check.js'
import { abortSignal, object, optional } from '../validation/options-schema.js'

/** What is followed, and from where. */
export interface SubscribeOptions {
  /** Only what is of this channel; no changes of users then. Default: all. */
  readonly channelId?: string | undefined
  /** An event's `cursor`, or a page's `nextCursor`: what came behind it comes first. Default: from now on. */
  readonly after?: string | undefined
  /**
   * Ids of channels, for somebody who may know of these only: nothing of others is told, and none of users. Its cursors still count
   * what happens in all of them. Not over HTTP, where the key says it. Default: all channels.
   */
  readonly withinChannels?: readonly string[] | undefined
  /** Ends it with ABORTED. */
  readonly signal?: AbortSignal | undefined
  /** Changes that may wait to be taken; then it ends with OVERLOADED. Default 10,000. */
  readonly maxQueuedEvents?: number | undefined
  /** Bytes of them, estimated. Default 16,777,216. */
  readonly maxQueuedBytes?: number | undefined
}

const id = Type.Refine(
  Type.Unsafe<string>({}),
  (value) =>
    typeof value === 'string' && value.length > 0 && value.length <= maxIdLength && value.isWellFormed(),
  () => 'well-formed text of 1 to 1,024 characters',
)
const cursor = Type.Refine(
  Type.Unsafe<string>({}),
  (value) => typeof value === 'string' && decodeChangeCursor(value) !== undefined,
  () => "a change's cursor, unchanged",
)
const bound = Type.Integer({ minimum: 1, maximum: 2 ** 31 - 1 })

const validator = Compile(
  object({
    channelId: optional(id),
    after: optional(cursor),
    withinChannels: optional(Type.Array(id)),
    signal: optional(abortSignal),
    maxQueuedEvents: optional(bound),
    maxQueuedBytes: optional(bound),
  }),
)

/** @throws INVALID_ARGUMENT naming the option */
export function checkSubscribeOptions(options: unknown): SubscribeOptions {
  const present: unknown =
    typeof options === 'object' && options !== null
      ? Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
      : options
  return check(validator, present, 'options')
}

export const aborted = (): ConvoDbError =>
  new ConvoDbError('ABORTED', 'The subscription was aborted by its signal')
