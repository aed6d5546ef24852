import { expect, it } from 'vitest'
import {
  expectSameAgain,
  fixture,
  importOf,
  importOfContent,
  linesIn,
  messagesIn,
  readFixture,
  segmentsIn,
} from './import-of.js'

const path = fixture('claude', 'conversations.json')

it('the newest way that a conversation went is there in its order, the others beside it', async () => {
  const { db, refused, report } = await importOf(path)
  expect(report.files.map(({ format }) => format)).toEqual(['claude'])
  expect(await linesIn(db, 'k-1')).toEqual([
    '2025-03-04T05:06:01 claude:user message: How do I cut roses?',
    '2025-03-04T05:06:02 claude:assistant message: With care.',
    '2025-03-04T05:06:03 claude:user message: a long text',
    '2025-03-04T05:06:04 claude:assistant branch: old answer',
    '2025-03-04T05:06:05 claude:assistant message: new answer',
  ])
  expect(refused).toEqual(['[2]: the conversation has no uuid'])
  expect(report.files[0]?.skipped).toEqual({ 'empty messages': 1 })
  expect(await segmentsIn(db, 'k-1')).toMatchObject([
    { segmentId: 'k-1:branch:m4', metadata: { rootMessageId: 'k-1:m3' }, messageIds: ['k-1:m4'] },
  ])
  expect(await db.getChannel('k-1')).toMatchObject({
    name: 'Roses',
    createdAt: new Date('2025-03-04T05:06:00.123Z'),
    metadata: { source: 'claude', extra: { summary: 'About roses' } },
  })
})

it('an export of 2023 is a list; times that fall back are moved up', async () => {
  const { db } = await importOf(path)
  expect(await linesIn(db, 'k-2')).toEqual([
    '2023-07-11T18:47:01 claude:user message: hello',
    '2023-07-11T18:47:01 claude:assistant message: hi there',
  ])
  expect((await db.getMessage('k-2:n2'))?.metadata).toMatchObject({
    attachments: [{ name: 'notes.pdf', sizeBytes: 3, mimeType: 'pdf' }],
    extra: { pastedTexts: ['pdf text'], createdAt: '2023-07-11T18:46:00.000Z' },
  })
  expect(await db.getChannel('k-2')).toMatchObject({ name: null })
})

it('thoughts, tools, citations and files are told', async () => {
  const { db } = await importOf(path)
  expect((await db.getMessage('k-1:m2'))?.metadata).toMatchObject({
    extra: {
      blocks: [{ type: 'thinking', thinking: 'Thorns…' }],
      citations: [{ url: 'https://example.org/' }],
    },
  })
  expect((await db.getMessage('k-1:m5'))?.metadata).toMatchObject({
    attachments: [{ id: 'f1', name: 'rose.png' }],
    extra: { blocks: [{ type: 'tool_use', name: 'search' }, { type: 'tool_result' }] },
  })
})

it('what a tool gave is left out where a message could not be stored with it', async () => {
  const message = {
    uuid: 'm',
    sender: 'assistant',
    created_at: '2025-01-01T00:00:00Z',
    content: [
      { type: 'text', text: 'done' },
      { type: 'tool_result', content: 'x'.repeat(5_000_000) },
    ],
  }
  const { db, report } = await importOfContent(
    'a.json',
    JSON.stringify([{ uuid: 'k', chat_messages: [message] }]),
  )
  expect(await linesIn(db, 'k')).toEqual(['2025-01-01T00:00:00 claude:assistant message: done'])
  expect(report.files[0]?.leftOut).toEqual({ 'thoughts and uses of tools of more than 1 MiB': 1 })
})

it('a message that is listed twice is there once, where it was first and as it was last, and is counted', async () => {
  const said = (uuid: string, text: string, second: number) => ({
    uuid,
    text,
    sender: 'human',
    created_at: `2024-01-01T00:00:0${second}Z`,
  })
  const messages = [
    said('a', 'one', 0),
    said('b', 'two', 1),
    said('a', 'one, edited', 0),
    said('c', 'three', 2),
  ]
  const { db, report } = await importOfContent(
    'a.json',
    JSON.stringify([{ uuid: 'k', chat_messages: messages }]),
  )
  expect(await linesIn(db, 'k')).toEqual([
    '2024-01-01T00:00:00 claude:user message: one, edited',
    '2024-01-01T00:00:01 claude:user message: two',
    '2024-01-01T00:00:02 claude:user message: three',
  ])
  expect(report.files[0]?.skipped).toEqual({ 'messages that were listed again': 1 })
})

it('imported twice leaves the same rows', async () => {
  await expectSameAgain(path, await importOf(path))
})

it('cut off gives the conversations that are whole', async () => {
  const content = await readFixture('claude', 'conversations.json')
  const end = content.indexOf('"uuid": "k-2"')
  for (const length of [10, 500, end, content.length - 60]) {
    const { db, problems } = await importOfContent('a.json', content.subarray(0, length), {
      format: 'claude',
    })
    expect(problems).toHaveLength(1)
    expect(await messagesIn(db, 'k-1')).toHaveLength(length >= end ? 5 : 0)
  }
})

it('a damaged message is refused by its place', async () => {
  const text = { text: '<b>', created_at: '2025-01-01T00:00:00Z' }
  const content = [
    { uuid: 'j', chat_messages: [{ uuid: 'a', text: 'no time' }] },
    { uuid: 'k', chat_messages: [{ uuid: 'b', text: 'no time of its own' }, 7, null, text] },
  ]
  const { db, refused } = await importOfContent('a.json', JSON.stringify(content))
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatch(/^\[0\], message a: timestamp /)
  expect(await linesIn(db, 'k')).toEqual([
    '2025-01-01T00:00:00 claude:system message: no time of its own',
    '2025-01-01T00:00:00 claude:system message: <b>',
  ])
})

it('a file of one conversation, with names in the order of the alphabet, is known and read', async () => {
  const conversation = {
    account: { uuid: 'a-1' },
    chat_messages: [
      {
        attachments: [],
        content: [
          { type: 'thinking', thinking: 'hm '.repeat(30_000) },
          { type: 'tool_use', name: 'artifacts', input: { title: 'Roses' } },
        ],
        created_at: '2025-03-04T05:06:01.000000Z',
        parent_message_uuid: '00000000-0000-4000-8000-000000000000',
        sender: 'assistant',
        text: '```\nThis block is not supported on your current device yet.\n```',
        uuid: 'm-1',
      },
    ],
    created_at: '2025-03-04T05:06:00.000000Z',
    name: 'Roses',
    uuid: 'k-9',
  }
  const { db, report, refused } = await importOfContent('one.json', JSON.stringify(conversation))
  expect(report.files.map(({ format }) => format)).toEqual(['claude'])
  expect(refused).toEqual([])
  expect(await linesIn(db, 'k-9')).toEqual(['2025-03-04T05:06:01 claude:assistant message: '])
  expect((await db.getMessage('k-9:m-1'))?.metadata).toMatchObject({
    extra: { blocks: [{ type: 'thinking' }, { type: 'tool_use', input: { title: 'Roses' } }] },
  })
})
