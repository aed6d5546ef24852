import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Channel, ConversationSegment, DatabaseManager, Message, User } from 'convodb'
import { expect } from 'vitest'
import type { FormatName } from '../../src/importers/formats/format.js'
import { importFiles, type ImportReport } from '../../src/importers/import-files.js'
import { findInputs } from '../../src/importers/inputs/find-inputs.js'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** A file or folder of invented chats in a format. */
export const fixture = (...names: string[]): string => resolve('test', 'importers', 'fixtures', ...names)

export interface Imported {
  readonly db: DatabaseManager
  readonly report: ImportReport
  /** What was refused, as `place: reason`. */
  readonly refused: readonly string[]
  readonly problems: readonly string[]
}

/** What lies at a path, imported into a database; a new one unless given. */
export async function importOf(
  path: string,
  given: { db?: DatabaseManager; format?: FormatName } = {},
): Promise<Imported> {
  const db = given.db ?? (await temporaryDatabase())
  const refused: string[] = []
  const problems: string[] = []
  const { inputs, close } = await findInputs(path, given.format)
  try {
    const report = await importFiles(() => Promise.resolve(db), inputs, {
      onBadLine: ({ place, reason }) => refused.push(`${place.at}: ${reason}`),
      onProblem: (problem) => problems.push(problem),
    })
    expect(report.failure).toBeUndefined()
    return { db, report, refused, problems }
  } finally {
    close()
  }
}

/** A file of this content, imported. */
export async function importOfContent(
  name: string,
  content: string | Buffer,
  given: { db?: DatabaseManager; format?: FormatName } = {},
): Promise<Imported> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, content)
  return importOf(path, given)
}

/** All of a channel's messages, in their order. */
export async function messagesIn(db: DatabaseManager, channelId: string): Promise<Message[]> {
  const messages: Message[] = []
  for await (const message of db.iterateMessages({ channelId, order: 'asc' })) messages.push(message)
  return messages
}

/** `time who type: text`, as one reads a chat. */
export async function linesIn(db: DatabaseManager, channelId: string): Promise<string[]> {
  const messages = await messagesIn(db, channelId)
  return messages.map(
    ({ timestamp, userId, messageType, content }) =>
      `${timestamp.toISOString().slice(0, 19)} ${userId} ${messageType}: ${content}`,
  )
}

/** A segment and the ids of its messages. */
type SegmentWithIds = ConversationSegment & { readonly messageIds: readonly string[] }

export async function segmentsIn(db: DatabaseManager, channelId: string): Promise<SegmentWithIds[]> {
  const { items } = await db.getConversationSegments({ channelId, order: 'asc', limit: 10_000 })
  const found: SegmentWithIds[] = []
  for (const segment of items) {
    const [members] = await db.getSegmentMessageIds([segment.segmentId])
    found.push({ ...segment, messageIds: members?.messageIds ?? [] })
  }
  return found
}

interface Everything {
  readonly channels: readonly Channel[]
  readonly messages: readonly Message[]
  readonly segments: readonly SegmentWithIds[]
  readonly users: readonly User[]
}

/** All that callers see of a database. */
export async function everythingIn(db: DatabaseManager): Promise<Everything> {
  const { items: channels } = await db.listChannels({ limit: 10_000 })
  const messages: Message[] = []
  const segments: SegmentWithIds[] = []
  for (const { channelId } of channels) {
    messages.push(...(await messagesIn(db, channelId)))
    segments.push(...(await segmentsIn(db, channelId)))
  }
  const users = await db.users.getUsers([...new Set(messages.map(({ userId }) => userId))].toSorted())
  return { channels, messages, segments, users }
}

/** Expects that the same import a second time leaves all rows as they were. */
export async function expectSameAgain(path: string, { db }: Pick<Imported, 'db'>): Promise<void> {
  const before = await everythingIn(db)
  const { report } = await importOf(path, { db })
  expect(report.messagesInserted).toBe(0)
  expect(await everythingIn(db)).toEqual(before)
}

/**
 * Expects that a file that is cut off at some places gives messages that the whole one has, the more the later the cut; and that the
 * whole one, imported after it, leaves the rows that it leaves alone.
 */
export async function expectCutsKept(name: string, content: Buffer, places = 12): Promise<void> {
  const { db: whole } = await importOfContent(name, content)
  const expected = await everythingIn(whole)
  const ids = new Set(expected.messages.map(({ messageId }) => messageId))
  let before = 0
  for (let place = 1; place < places; place += 1) {
    const length = Math.floor((content.length * place) / places)
    const { db } = await importOfContent(name, content.subarray(0, length))
    const { messages } = await everythingIn(db)
    const known = messages.filter(({ messageId }) => ids.has(messageId))
    expect(known.length, `cut at ${length}`).toBeGreaterThanOrEqual(before)
    // A line that was cut may be one that stands for itself.
    expect(messages.length - known.length, `cut at ${length}`).toBeLessThanOrEqual(1)
    before = known.length
    // What was imported of a part is no hindrance to the whole.
    await importOfContent(name, content, { db })
    const after = await everythingIn(db)
    const afterKnown = after.messages.filter(({ messageId }) => ids.has(messageId))
    expect(afterKnown.toSorted(byMessageId)).toEqual(expected.messages.toSorted(byMessageId))
    const segmentIds = new Set(expected.segments.map(({ segmentId }) => segmentId))
    const afterSegments = after.segments.filter(({ segmentId }) => segmentIds.has(segmentId))
    expect(afterSegments.toSorted(bySegmentId)).toEqual(expected.segments.toSorted(bySegmentId))
  }
  expect(before).toBeGreaterThan(0)
}

export const readFixture = (...names: string[]): Promise<Buffer> => readFile(fixture(...names))

const byMessageId = (left: Message, right: Message): number => (left.messageId < right.messageId ? -1 : 1)

const bySegmentId = (left: SegmentWithIds, right: SegmentWithIds): number =>
  left.segmentId < right.segmentId ? -1 : 1
