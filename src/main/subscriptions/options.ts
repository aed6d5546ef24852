import { ConvoDbError } from '../../protocol/errors.js'
import { decodeChangeCursor } from '../../protocol/change-cursor.js'
import { readId } from '../reading/kinds.js'
import { readOptions } from '../reading/read-fields.js'
import type { Reader } from '../reading/reading.js'
import { readChannels } from '../validation/call-options.js'
import { option, readCount, readSignal } from '../validation/option-readers.js'

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

const readCursor: Reader<string> = (given, reading) =>
  typeof given === 'string' && decodeChangeCursor(given) !== undefined
    ? given
    : reading.refuse("must be a change's cursor, unchanged")

/** A server seals the cursors of some callers, and alone knows whether they are unchanged. */
const readSealedCursor: Reader<string> = (given, reading) =>
  typeof given === 'string' ? given : reading.refuse("must be a change's cursor, unchanged")

const others = [
  option('channelId', readId),
  option('withinChannels', readChannels),
  option('signal', readSignal),
  option('maxQueuedEvents', readCount),
  option('maxQueuedBytes', readCount),
]
const ofSubscribing = [option('after', readCursor), ...others]
const ofSubscribingRemotely = [option('after', readSealedCursor), ...others]

/** @throws INVALID_ARGUMENT naming the option */
export function checkSubscribeOptions(options: unknown): asserts options is SubscribeOptions {
  readOptions(ofSubscribing, options)
}

/** The same, of what is asked of a server. @throws INVALID_ARGUMENT naming the option */
export function checkRemoteSubscribeOptions(options: unknown): asserts options is SubscribeOptions {
  readOptions(ofSubscribingRemotely, options)
}

export const aborted = (): ConvoDbError =>
  new ConvoDbError('ABORTED', 'The subscription was aborted by its signal')
