import type { JsonObject } from '../../protocol/models.js'
import type { SegmentingReport } from '../../protocol/segmenting-models.js'
import { readBoolean, readId } from '../reading/kinds.js'
import { readFields, refuseUnknown, toObject, type FieldReader } from '../reading/read-fields.js'
import { Reading, type Reader } from '../reading/reading.js'
import { conversationsStrategy } from './conversations/conversations.js'
import { gapStrategy } from './gap.js'
import { ownStrategy, type DecideSegment, type OwnStrategy } from './own-strategy.js'
import { repliesStrategy } from './replies.js'
import type { Strategy } from './strategy.js'

/** How a channel's messages are divided into segments. */
export type SegmentStrategy<Metadata extends object = JsonObject> =
  | {
      readonly name: 'gap'
      /** The longest silence inside a segment, greater than 0. Default 30. */
      readonly minutes?: number | undefined
    }
  | { readonly name: 'replies' }
  | { readonly name: 'conversations' }
  | 'gap'
  | 'replies'
  | 'conversations'
  | OwnStrategy<Metadata>
  | DecideSegment<Metadata>

/** What to segment; see `segmentChannel`. */
export interface Segmenting<Metadata extends object = JsonObject> {
  readonly channelId: string
  readonly strategy: SegmentStrategy<Metadata>
  /** Goes on with every message that comes, until its signal is aborted or the database is closed. Default false. */
  readonly follow?: boolean | undefined
  /** Called after each step, with what was done by then. */
  readonly onProgress?: ((report: SegmentingReport) => void) | undefined
}

interface ReadSegmenting {
  readonly channelId: string
  readonly strategy: Strategy
  readonly follow?: boolean | undefined
  readonly onProgress?: ((report: SegmentingReport) => void) | undefined
}

const readFunction: Reader = (given, reading) =>
  typeof given === 'function' ? given : reading.refuse('must be a function')

/** The name of a strategy of one's own is what its segments' ids start with. */
const readName: Reader<string> = (given, reading) => {
  if (
    typeof given === 'string' &&
    /^[\w.-]{1,100}$/.test(given) &&
    !builtIn.has(given) &&
    !given.startsWith('gap-')
  ) {
    return given
  }
  return reading.refuse(
    'must be 1 to 100 of the characters A to Z, a to z, 0 to 9, _ . and -, and no name of ours (gap, replies, conversations)',
  )
}

const readMinutes: Reader<number> = (given, reading) =>
  typeof given === 'number' && given > 0 && given <= 10_000_000
    ? given
    : reading.refuse('must be a number greater than 0, up to 10,000,000')

const readWindow: Reader<number> = (given, reading) =>
  typeof given === 'number' && Number.isInteger(given) && given >= 0 && given <= 1_000
    ? given
    : reading.refuse('must be a whole number from 0 to 1,000')

type ReadStrategy = (given: Readonly<Record<string, unknown>>, reading: Reading) => Strategy

/** Each reads what there is beside its name. */
const builtIn: ReadonlyMap<unknown, ReadStrategy> = new Map<unknown, ReadStrategy>([
  [
    'gap',
    ({ minutes = 30, ...rest }, reading) => {
      refuseUnknown(rest, new Set(['name']), reading)
      reading.field = 'minutes'
      return gapStrategy(readMinutes(minutes, reading))
    },
  ],
  ['replies', (given, reading) => withoutParameters(given, reading, repliesStrategy)],
  ['conversations', (given, reading) => withoutParameters(given, reading, conversationsStrategy)],
])

function withoutParameters(given: object, reading: Reading, strategy: Strategy): Strategy {
  refuseUnknown({ ...given }, new Set(['name']), reading)
  return strategy
}

const ownFields: readonly FieldReader[] = [
  { key: 'name', isOptional: false, read: readName },
  { key: 'decide', isOptional: false, read: readFunction },
  { key: 'window', isOptional: true, read: readWindow },
]

/** What was read is what its readers say it is. */
function toOwn(read: Record<string, unknown>): OwnStrategy
function toOwn(read: unknown): unknown {
  return read
}

const expectation = "must be 'gap', 'replies', 'conversations', an object with a name, or a function"

/** Mostly it is one of ours that is misspelt. */
const withoutDecide =
  "is missing: a strategy that is not 'gap', 'replies', 'conversations' has a function of yours"

const readStrategy: Reader<Strategy> = (given, reading) => {
  if (typeof given === 'function') {
    const { name } = given
    const read = readFields({ name, decide: given }, ownFields, reading)
    return ownStrategy(toOwn(read))
  }
  const object = toObject(typeof given === 'string' ? { name: given } : given, reading, expectation)
  const ours = builtIn.get(object['name'])
  if (ours !== undefined) return ours(object, reading)
  if (typeof given === 'string') return reading.refuse(expectation)
  if (typeof object['name'] === 'string' && object['decide'] === undefined) {
    reading.field = 'decide'
    return reading.refuse(withoutDecide)
  }
  refuseUnknown(object, new Set(ownFields.map(({ key }) => key)), reading)
  return ownStrategy(toOwn(readFields(object, ownFields, reading)))
}

const fields: readonly FieldReader[] = [
  { key: 'channelId', isOptional: false, read: readId },
  { key: 'strategy', isOptional: false, read: readStrategy },
  { key: 'follow', isOptional: true, read: readBoolean },
  { key: 'onProgress', isOptional: true, read: readFunction },
]
const known = new Set(fields.map(({ key }) => key))

/** A copy, each of its values read once. @throws INVALID_ARGUMENT naming the field */
export function readSegmenting(given: unknown): ReadSegmenting
export function readSegmenting(given: unknown): unknown {
  const reading = new Reading()
  const segmenting = toObject(given, reading)
  refuseUnknown(segmenting, known, reading)
  return readFields(segmenting, fields, reading)
}
