import type { User } from 'convodb'
import { describe, expect, it } from 'vitest'
import { readRoom } from '../../src/importers/formats/matrix/matrix.js'
import { importFiles, type ImportInput } from '../../src/importers/import-files.js'
import { findSource } from '../../src/importers/inputs/find-source.js'
import { temporaryDatabase } from '../support/databases.js'
import {
  everythingIn,
  expectCutsKept,
  expectSameAgain,
  fixture,
  importOf,
  importOfContent,
  linesIn,
  messagesIn,
  readFixture,
  segmentsIn,
} from './import-of.js'

const path = fixture('matrix', 'export.json')
const room = '!garden:example.org'

it('a room has messages and what happened in it', async () => {
  const { db, refused, report } = await importOf(path)
  expect(report.files.map(({ format }) => format)).toEqual(['matrix'])
  const lines = await linesIn(db, room)
  expect(lines.map((line) => line.replace(/^\S+ @(\w+):example.org/, '$1'))).toEqual([
    'ada join: ',
    'ada invite: ',
    'ada topic: tomatoes',
    'ada message: Who waters today?',
    'grace message: > <@ada:example.org> Who waters?\n\nMe',
    'ada action: fetches the can',
    'ada message: can.png',
    'grace message: in a thread',
    'ada message: answer in it',
    'ada message: edited by the server',
    `ada message: <b>{"kind":"message"}'; DROP TABLE messages; --`,
    'ada kick: spam',
    'grace nick: ',
    'ada poll: Roses?',
  ])
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatch(/^messages\[19\]: timestamp /)
  expect(report.files[0]?.skipped).toEqual({
    'deleted events': 2,
    'edits by somebody else': 1,
    'messages that could not be decrypted': 1,
    'reactions to messages that are not in the file': 1,
  })
  expect(await db.getChannel(room)).toMatchObject({
    name: 'Garden',
    metadata: { source: 'matrix', topic: 'tomatoes', extra: { creator: 'Ada' } },
  })
  expect(await db.users.getUser('@grace:example.org')).toMatchObject({ displayName: 'Grace H' })
})

describe('what later events say', () => {
  it('an edit becomes the content', async () => {
    const { db } = await importOf(path)
    const message = await db.getMessage('$e4')
    expect(message).toMatchObject({ content: 'Who waters today?', editedAt: new Date(1_700_000_009_000) })
    expect(message?.metadata).toMatchObject({ author: { name: '@ada:example.org', displayName: 'Ada' } })
  })

  it('an edit by somebody else is passed over, and hides none of whose message it is', async () => {
    const event = (id: string, sender: string, content: object) => ({
      type: 'm.room.message',
      event_id: id,
      room_id: room,
      sender,
      content: { msgtype: 'm.text', body: id, ...content },
      origin_server_ts: 1_700_000_000_000 + Number(id.slice(1)),
    })
    const editOf = (body: string) => ({
      'm.new_content': { msgtype: 'm.text', body },
      'm.relates_to': { rel_type: 'm.replace', event_id: '$1' },
    })
    const messages = [
      event('$1', '@ada:example.org', {}),
      event('$2', '@ada:example.org', editOf('once more')),
      event('$3', '@eve:example.org', editOf('by Eve')),
    ]
    const { db, report } = await importOfContent('export.json', JSON.stringify({ room_name: 'G', messages }))
    expect(await messagesIn(db, room)).toMatchObject([
      { messageId: '$1', content: 'once more', editedAt: new Date(1_700_000_000_002) },
    ])
    expect(report.files[0]?.skipped).toEqual({ 'edits by somebody else': 1 })
  })

  it('reactions are beside the message; what a server put beside it counts as well', async () => {
    const { db } = await importOf(path)
    expect((await db.getMessage('$e5'))?.metadata).toMatchObject({
      readableText: 'Me',
      reactions: [{ emoji: '👍', count: 2, userIds: ['@ada:example.org', '@grace:example.org'] }],
    })
    expect(await db.getMessage('$e17')).toMatchObject({
      editedAt: new Date(1_700_000_099_000),
      metadata: { reactions: [{ emoji: '🍅', count: 3 }] },
    })
  })

  it('may be more than is kept at once: then the room is read in parts', async () => {
    const whole = await importOf(path)
    const db = await temporaryDatabase()
    const source = await findSource(path)
    const input: ImportInput = { name: 'a', format: 'matrix', read: (notes) => readRoom(source, notes, 300) }
    const { files } = await importFiles(() => Promise.resolve(db), [input])
    const [expected, found] = [await everythingIn(whole.db), await everythingIn(db)]
    expect(found.messages.toSorted(byId)).toEqual(expected.messages.toSorted(byId))
    // Whoever comes first in a part may not have come first in the room.
    const withoutFirstSeen = (user: User) => ({ ...user, firstSeen: undefined })
    expect(found.users.map(withoutFirstSeen)).toEqual(expected.users.map(withoutFirstSeen))
    expect(files.map((file) => file.skipped)).toEqual(whole.report.files.map((file) => file.skipped))
    expect(found.segments[0]?.messageIds.toSorted()).toEqual(expected.segments[0]?.messageIds.toSorted())
  })
})

it('replies, mentions and files are told', async () => {
  const { db } = await importOf(path)
  const messages = await messagesIn(db, room)
  const replies = messages.filter(({ replyToMessageId }) => replyToMessageId !== null)
  expect(replies.map(({ messageId, replyToMessageId }) => [messageId, replyToMessageId])).toEqual([
    ['$e5', '$e4'],
    ['$e15', '$e4'],
    ['$e16', '$e15'],
  ])
  expect((await db.getMessage('$e12'))?.metadata).toMatchObject({
    sourceType: 'm.image',
    attachments: [{ name: 'can.png', url: 'mxc://example.org/can', sizeBytes: 2048, mimeType: 'image/png' }],
  })
})

it('a thread is a segment, with the message that began it', async () => {
  const { db } = await importOf(path)
  expect(await segmentsIn(db, room)).toMatchObject([
    {
      segmentId: '$e4:thread',
      startTime: new Date(1_700_000_004_000),
      endTime: new Date(1_700_000_016_000),
      metadata: { source: 'matrix', rootMessageId: '$e4' },
      messageIds: ['$e4', '$e15', '$e16'],
    },
  ])
})

it('imported twice leaves the same rows', async () => {
  await expectSameAgain(path, await importOf(path))
})

it('cut off anywhere gives all that is whole, and says once that it is cut off', async () => {
  const content = await readFixture('matrix', 'export.json')
  await expectCutsKept('export.json', content)
  const { problems } = await importOfContent('export.json', content.subarray(0, content.length / 2))
  expect(problems).toHaveLength(1)
})

it('an empty file has nothing, and says that it is none', async () => {
  const { report, problems } = await importOfContent('export.json', '', { format: 'matrix' })
  expect(report).toMatchObject({ messagesInserted: 0, channels: 0 })
  expect(problems).toHaveLength(1)
})

it('a poll has its question, as today’s specification and programs before it wrote it, and its end names it', async () => {
  const event = (id: string, type: string, content: object) => ({
    type,
    event_id: id,
    room_id: room,
    sender: '@ada:example.org',
    content,
    origin_server_ts: 1_700_000_000_000,
  })
  const forms = [{ body: '<b>Which</b> day?', mimetype: 'text/html' }, { body: 'Which day?' }]
  const references = (id: string) => ({ 'm.relates_to': { rel_type: 'm.reference', event_id: id } })
  const messages = [
    event('$1', 'm.poll.start', { 'm.poll': { question: { 'm.text': forms } } }),
    event('$2', 'org.matrix.msc3381.poll.start', {
      'org.matrix.msc3381.poll.start': { question: { 'org.matrix.msc1767.text': 'Which month?' } },
    }),
    event('$3', 'm.poll.end', { 'm.text': [{ body: 'Monday won' }], ...references('$1') }),
    event('$4', 'm.poll.end', { 'm.text': 'May won', ...references('$2') }),
  ]
  const { db } = await importOfContent('export.json', JSON.stringify({ room_name: 'G', messages }))
  expect(await messagesIn(db, room)).toMatchObject([
    { messageType: 'poll', content: 'Which day?' },
    { messageType: 'poll', content: 'Which month?' },
    { content: 'Monday won', metadata: { extra: { references: '$1' } } },
    { content: 'May won', metadata: { extra: { references: '$2' } } },
  ])
})

const byId = (left: { readonly messageId: string }, right: { readonly messageId: string }): number =>
  left.messageId < right.messageId ? -1 : 1

it('a room’s new picture keeps its place, and a message that the program wrote in its latest form is edited', async () => {
  const event = (id: string, type: string, content: object, unsigned: object = {}) => ({
    type,
    event_id: id,
    room_id: room,
    sender: '@ada:example.org',
    content,
    unsigned,
    origin_server_ts: 1_700_000_000_000,
  })
  const relations = {
    'm.replace': { event_id: '$9', origin_server_ts: 1_700_000_009_000, sender: '@ada:example.org' },
  }
  const messages = [
    event('$1', 'm.room.avatar', { url: 'mxc://example.org/pear' }),
    event('$2', 'm.room.message', { msgtype: 'm.text', body: 'latest' }, { 'm.relations': relations }),
  ]
  const { db, refused } = await importOfContent('export.json', JSON.stringify({ room_name: 'G', messages }))
  expect(refused).toEqual([])
  expect(await messagesIn(db, room)).toMatchObject([
    { messageType: 'avatar', metadata: { extra: { url: 'mxc://example.org/pear' } } },
    { content: 'latest', editedAt: new Date(1_700_000_009_000) },
  ])
})
