import { ConvoDbError, type NewMessage, type Params } from '../main/index.js'
import type { NewEmbedding } from '../protocol/embedding-parameters.js'
import type { ImportedReaction, ImportedVersion } from '../protocol/history-parameters.js'
import type { ForgottenUser, NewModel, UserActivity } from '../protocol/transfer-parameters.js'
import {
  readActivity,
  readEmbedding,
  readForgottenUser,
  readModel,
  readProfile,
  readReaction,
  readVersion,
} from './exported-models.js'
import {
  readChannel,
  readMembers,
  readMessage,
  readSegment,
  readUser,
  type NewMembers,
  type NewSegment,
} from './models.js'
import type { Fields } from './ndjson.js'
import { parseLine } from './parse-line.js'
import type { JsonObject } from '../protocol/models.js'
import type { TimeInput } from '../protocol/wire.js'
import type { TimeReading } from './time-fields.js'

/** A segment that covers at least this; one that is there already keeps all else it says. */
export interface ThreadSpan {
  readonly segmentId: string
  readonly channelId: string
  readonly startTime: TimeInput
  readonly endTime: TimeInput
  readonly metadata?: JsonObject
}

/** What other people's archives have, and lines of ours do not. */
interface ArchiveModels {
  readonly thread: ThreadSpan
}

/** What a line may hold, by the kind that it says. */
interface LineModels {
  readonly forgotten: ForgottenUser
  readonly model: NewModel
  readonly channel: Params<'upsertChannel'>
  readonly user: Params<'upsertUser'>
  readonly message: NewMessage
  readonly version: ImportedVersion
  readonly reaction: ImportedReaction
  readonly activity: UserActivity
  readonly profile: Params<'updateProfile'>
  readonly segment: NewSegment
  readonly members: NewMembers
  readonly embedding: NewEmbedding
}

/** All that can be stored. */
export type Models = LineModels & ArchiveModels

export type LineKind = keyof LineModels
export type Kind = keyof Models

/** What is stored; the union over all kinds. */
export type LineRecord = { [K in Kind]: { readonly kind: K; readonly model: Models[K] } }[Kind]

const readers: { readonly [K in LineKind]: (line: Fields, times: TimeReading) => Models[K] } = {
  forgotten: readForgottenUser,
  model: readModel,
  channel: readChannel,
  user: readUser,
  message: readMessage,
  version: readVersion,
  reaction: readReaction,
  activity: readActivity,
  profile: readProfile,
  segment: readSegment,
  members: readMembers,
  embedding: readEmbedding,
}

/**
 * Reads a line of an export, which says its kind, or of another file, whose lines are all of one kind. A message of other
 * people's making may have a field `kind` that says something else: it is kept as any field that nobody knows.
 *
 * @throws INVALID_ARGUMENT naming the field that is wrong
 */
export function readRecord(text: string, kindOfFile: LineKind, times: TimeReading): LineRecord
export function readRecord(text: string, kindOfFile: LineKind, times: TimeReading): unknown {
  const line = parseLine(text, (fields) => saidKind(fields) !== undefined)
  const said = saidKind(line)
  if (said === undefined) {
    refuseUnknownKind(line, kindOfFile)
    return { kind: kindOfFile, model: readers[kindOfFile](line, times) }
  }
  const { kind: _, ...fields } = line
  return { kind: said, model: readers[said](fields, times) }
}

const isKind = (value: unknown): value is LineKind =>
  typeof value === 'string' && Object.hasOwn(readers, value)

// None of our lines but messages has a message's id.
const hasMessageId = (line: Fields): boolean =>
  Object.hasOwn(line, 'messageId') || Object.hasOwn(line, 'message_id')

function saidKind(line: Fields): LineKind | undefined {
  const said = line['kind']
  if (!isKind(said)) return undefined
  return hasMessageId(line) && said !== 'message' ? undefined : said
}

/** Beside messages there are lines of an export: one of a kind that this version does not know is told by that. */
function refuseUnknownKind(line: Fields, kindOfFile: LineKind): void {
  const said = line['kind']
  if (kindOfFile !== 'message' || typeof said !== 'string' || hasMessageId(line)) return
  const known = Object.keys(readers).join(', ')
  const problem = `kind '${said}' is none that an export has (${known}), and a message needs a messageId`
  throw new ConvoDbError('INVALID_ARGUMENT', problem, { field: 'kind' })
}
