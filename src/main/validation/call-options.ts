import { readChoice, readId } from '../reading/kinds.js'
import { readOptions, type FieldReader } from '../reading/read-fields.js'
import { Reading, type Reader } from '../reading/reading.js'
import { option, readCount, readFunction, readMilliseconds, readSignal } from './option-readers.js'

const timeoutMs = option('timeoutMs', readMilliseconds)
const ofCalls = [option('signal', readSignal), timeoutMs]
const ofLeases = [
  ...ofCalls,
  option('mode', readChoice(['read', 'write'])),
  option('idleTimeoutMs', readCount),
]
const ofClosing = [timeoutMs]
const ofSignals = [timeoutMs, option('before', readFunction)]

const none: CallOptions = {}

export const readChannels: Reader<readonly string[]> = (given, reading) => {
  if (!Array.isArray(given)) return reading.refuse('must be a list of channel ids')
  return given.map((channelId) => readId(channelId, reading))
}

/** @throws INVALID_ARGUMENT naming the option */
export function checkChannels(given: unknown): readonly string[] | undefined {
  if (given === undefined) return undefined
  const reading = new Reading()
  reading.field = 'withinChannels'
  return readChannels(given, reading)
}

/** A copy of them, each read once: what is checked is what counts, whatever they answer when they are asked again. */
function copyOptions<Options extends object>(fields: readonly FieldReader[], options: Options): Options
function copyOptions(fields: readonly FieldReader[], options: unknown): unknown {
  return readOptions(fields, options)
}

/** @throws INVALID_ARGUMENT naming the option */
export const checkCallOptions = (options: CallOptions = none): CallOptions =>
  options === none ? none : copyOptions(ofCalls, options)

/** @throws INVALID_ARGUMENT naming the option */
export function checkChannelOptions(options: ChannelOptions = none): ChannelOptions {
  if (typeof options !== 'object' || options === null) return checkCallOptions(options)
  const { withinChannels, ...callOptions } = options
  return { ...checkCallOptions(callOptions), withinChannels: checkChannels(withinChannels) }
}

/** @throws INVALID_ARGUMENT naming the option */
export const checkLeaseOptions = <Options extends object>(options: Options): Options =>
  copyOptions(ofLeases, options)

/** @throws INVALID_ARGUMENT naming the option */
export const checkCloseOptions = <Options extends object>(options: Options): Options =>
  copyOptions(ofClosing, options)

/** @throws INVALID_ARGUMENT naming the option */
export const checkCloseOnSignalsOptions = (options: unknown): void => void readOptions(ofSignals, options)

/**
 * What every call takes besides its parameters. Those are copied before the call returns, so that its objects may be used
 * again at once, unless it carries more than 1,000 items, 250,000 characters of text or 60,000 of JSON: it is read in
 * steps then, between which the event loop goes on, and what it was given must be left as it is until it settles.
 */
export interface CallOptions {
  /**
   * Gives the call up with `ABORTED`. A write that is already with the writer can not be called back: it may be
   * committed all the same, and the error's `details.maybeCommitted` is true, its `retryable` false.
   */
  signal?: AbortSignal | undefined
  /** Gives the call up with `TIMEOUT` after so many milliseconds, likewise. Default: no limit. */
  timeoutMs?: number | undefined
}

/** Of a call that is made for somebody who may know of some channels only. */
export interface ChannelOptions extends CallOptions {
  /**
   * Ids of channels. What belongs to others is as if it were not there, in the transaction or snapshot in which the work is done;
   * to store something in another, or under an id that another has, is FORBIDDEN. Of calls on users, and counts of everything, which
   * belong to no channel, it keeps nothing back; of changes the cursors and `hasMore` are of all channels. Not over HTTP, where the key
   * says it. Default: all channels.
   */
  withinChannels?: readonly string[] | undefined
}
