import { copyFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
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

const path = fixture('chatgpt', 'conversations.json')

it('what was shown is there in its order, and other ways that it went after where they left it', async () => {
  const { db, refused, report } = await importOf(path)
  expect(report.files.map(({ format }) => format)).toEqual(['chatgpt'])
  expect(await linesIn(db, 'c-1')).toEqual([
    '2023-11-14T22:13:20 chatgpt:user hidden: I grow tomatoes\nBe short',
    '2023-11-14T22:13:30 chatgpt:user message: When do tomatoes ripen?',
    '2023-11-14T22:13:40 chatgpt:assistant branch: In July.',
    '2023-11-14T22:13:45 chatgpt:user branch: Earlier?',
    '2023-11-14T22:13:46 chatgpt:assistant branch: No.',
    `2023-11-14T22:13:50 chatgpt:assistant message: In August. <b>{"kind":"message"}'; DROP TABLE messages; --`,
    '2023-11-14T22:13:50 chatgpt:user message: Is this one ripe?',
    '2023-11-14T22:14:01 chatgpt:assistant code: print(1)',
    '2023-11-14T22:14:02 chatgpt:tool execution_output: 1\n',
    '2023-11-14T22:14:02 chatgpt:assistant thoughts: Looking\nIt is red.',
    '2023-11-14T22:14:05 chatgpt:assistant branch: Maybe.',
    '2023-11-14T22:14:10 chatgpt:assistant message: Yes.',
  ])
  expect(await linesIn(db, 'c-2')).toHaveLength(2)
  expect(refused).toEqual(['[2]: the conversation has no id'])
  expect(report.files[0]).toMatchObject({
    skipped: { 'empty messages': 1 },
    leftOut: { 'message.metadata.finish_details': 1 },
  })
  expect(await db.getChannel('c-1')).toMatchObject({
    name: 'Tomatoes',
    createdAt: new Date(1_700_000_000_500),
    metadata: { source: 'chatgpt', isArchived: true, extra: { model: 'gpt-4o' } },
  })
})

it('a time that falls back is moved up to the one before, and kept beside', async () => {
  const { db } = await importOf(path)
  expect(await db.getMessage('c-1:u2')).toMatchObject({
    timestamp: new Date(1_700_000_030_500),
    metadata: { extra: { createdAt: '2023-11-14T22:13:25.500Z' } },
  })
})

it('each other way is a segment', async () => {
  const { db } = await importOf(path)
  const segments = await segmentsIn(db, 'c-1')
  expect(segments.map(({ segmentId, metadata, messageIds }) => [segmentId, metadata, messageIds])).toEqual([
    ['c-1:branch:a1', { source: 'chatgpt', rootMessageId: 'c-1:u1' }, ['c-1:a1', 'c-1:u2a', 'c-1:a3a']],
    ['c-1:branch:a4b', { source: 'chatgpt', rootMessageId: 'c-1:th' }, ['c-1:a4b']],
  ])
  expect(segments[0]).toMatchObject({
    startTime: new Date(1_700_000_020_500),
    endTime: new Date(1_700_000_026_500),
  })
  expect((await db.getMessage('c-1:a1'))?.metadata).toMatchObject({ threadId: 'c-1:branch:a1' })
})

it('files, models, tools and citations are told', async () => {
  const { db } = await importOf(path)
  expect((await db.getMessage('c-1:u2'))?.metadata).toMatchObject({
    sourceType: 'multimodal_text',
    attachments: [
      { id: 'file-1', name: 'tomato.jpg', sizeBytes: 77, mimeType: 'image/jpeg' },
      { id: 'file-service://file-1', url: 'file-service://file-1', sizeBytes: 77 },
    ],
  })
  expect((await db.getMessage('c-1:a2'))?.metadata).toMatchObject({
    extra: { model: 'gpt-4o', citations: [{ start_ix: 1 }] },
  })
  expect((await db.getMessage('c-1:c1'))?.metadata).toMatchObject({
    extra: { recipient: 'python', language: 'python' },
  })
  expect((await db.getMessage('c-1:t1'))?.metadata).toMatchObject({ author: { name: 'python' } })
})

it('imported twice leaves the same rows', async () => {
  await expectSameAgain(path, await importOf(path))
})

it('a conversation that has gone on since keeps what it had', async () => {
  const { db } = await importOf(path)
  const content = (await readFixture('chatgpt', 'conversations.json')).toString()
  const longer = content.replace(
    '"r": {',
    `"x3": {"id":"x3","parent":"x2","children":[],"message":{"id":"x3","author":{"role":"user"},"create_time":1700000200,"content":{"content_type":"text","parts":["more"]}}}, "r": {`,
  )
  const { report } = await importOfContent(
    'conversations.json',
    longer.replace('"current_node": "x2"', '"current_node": "x3"'),
    { db },
  )
  expect(report.messagesInserted).toBe(1)
  expect((await linesIn(db, 'c-2')).at(-1)).toBe('2023-11-14T22:16:40 chatgpt:user message: more')
})

it('cut off gives the conversations that are whole', async () => {
  const content = await readFixture('chatgpt', 'conversations.json')
  const end = content.indexOf('"title": null')
  for (const length of [10, 500, end, content.length - 60]) {
    const { db, problems } = await importOfContent('conversations.json', content.subarray(0, length), {
      format: 'chatgpt',
    })
    expect(problems).toHaveLength(1)
    expect(await messagesIn(db, 'c-1')).toHaveLength(length >= end ? 12 : 0)
  }
})

it('a damaged conversation is refused in its messages, and the next one goes in', async () => {
  const content = [
    {
      title: 1,
      mapping: { a: { message: { id: 'a', author: 7, content: { parts: ['\uD800'] } } }, b: null },
      id: 'x',
    },
    { title: 'ok', mapping: { a: { message: { content: { parts: ['hi'] }, create_time: 1 } } }, id: 'y' },
  ]
  const { db, refused } = await importOfContent('conversations.json', JSON.stringify(content))
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatch(/^\[0\], message a: /)
  expect(await linesIn(db, 'y')).toEqual(['1970-01-01T00:00:01 chatgpt:system system: hi'])
})

it('an export in parts is found in its folder', async () => {
  const folder = join(await temporaryFolder(), 'export')
  await mkdir(folder)
  await copyFile(path, join(folder, 'conversations-000.json'))
  const { report } = await importOf(folder)
  expect(report.files.map(({ format }) => format)).toEqual(['chatgpt'])
  expect(report.messagesInserted).toBe(14)
})

it('an empty file has nothing, and says that it is none', async () => {
  const { report, problems } = await importOfContent('conversations.json', '', { format: 'chatgpt' })
  expect(report).toMatchObject({ messagesInserted: 0, channels: 0 })
  expect(problems).toHaveLength(1)
  expect((await importOfContent('conversations.json', '[]', { format: 'chatgpt' })).problems).toEqual([])
})

/** A conversation in which one message follows the other, as exports of 2026 have it: names in the order of the alphabet. */
function conversationOf(id: string, ...messages: readonly Readonly<Record<string, unknown>>[]) {
  const nodes = messages.map((message, index) => {
    const parent = index === 0 ? null : `n${index - 1}`
    return [`n${index}`, { id: `n${index}`, message, parent, children: [`n${index + 1}`] }]
  })
  return {
    conversation_id: id,
    create_time: 1_700_000_000,
    current_node: `n${messages.length - 1}`,
    mapping: Object.fromEntries(nodes),
    title: 'Pears',
  }
}

const said = (role: string, content: unknown, metadata?: unknown) => ({
  author: { role },
  create_time: null,
  content,
  metadata,
})

it('what was copied into a conversation, and is older than it, keeps its times', async () => {
  const at = (seconds: number | null, text: string) => ({
    ...said('user', { content_type: 'text', parts: [text] }),
    create_time: seconds,
  })
  const conversation = conversationOf(
    'c-7',
    at(null, 'no time'),
    at(1_699_990_000, 'old'),
    at(1_700_000_100, 'new'),
  )
  const root = { parent: null, message: null }
  const mapping = {
    ...conversation.mapping,
    n0: { ...conversation.mapping['n0'], parent: 'root' },
    root,
    other: { parent: 'root', message: at(1_699_980_000, 'asked first') },
  }
  const { db } = await importOfContent('conversations.json', JSON.stringify([{ ...conversation, mapping }]))
  expect(await linesIn(db, 'c-7')).toEqual([
    '2023-11-14T16:40:00 chatgpt:user branch: asked first',
    '2023-11-14T19:26:40 chatgpt:user message: no time',
    '2023-11-14T19:26:40 chatgpt:user message: old',
    '2023-11-14T22:15:00 chatgpt:user message: new',
  ])
  expect((await db.getMessage('c-7:n1'))?.metadata).not.toHaveProperty('extra.createdAt')
})

it('a file is known by how it begins, though its first conversation is longer than that, and alone', async () => {
  const long = { content_type: 'text', parts: ['x'.repeat(100_000)] }
  const conversation = conversationOf('c-9', said('user', long), said('assistant', { parts: ['ok'] }))
  for (const content of [[conversation], conversation]) {
    const { db, report } = await importOfContent('conversations-000.json', JSON.stringify(content))
    expect(report.files.map(({ format }) => format)).toEqual(['chatgpt'])
    expect((await linesIn(db, 'c-9')).at(-1)).toBe('2023-11-14T22:13:20 chatgpt:assistant message: ok')
  }
})

it('another program’s export with a tree of the same name is not taken for one', async () => {
  const conversation = {
    id: 'd-1',
    title: 'Pears',
    inserted_at: '2025-01-01T00:00:00Z',
    mapping: { root: { id: 'root', parent: null, children: [], message: null } },
  }
  await expect(importOfContent('conversations.json', JSON.stringify([conversation]))).rejects.toThrow(
    'conversations.json is of no format that is known',
  )
})

it('what is nested too deeply to be kept is left out, and the rest goes in', async () => {
  const deep: unknown = JSON.parse(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)
  const conversation = conversationOf(
    'c-8',
    said('user', { content_type: 'unheard_of', deep }),
    said('assistant', { content_type: 'text', parts: ['hi'] }),
  )
  const { db, report } = await importOfContent('conversations.json', JSON.stringify([conversation]))
  expect((await messagesIn(db, 'c-8')).map(({ content }) => content)).toContain('hi')
  expect(Object.keys(report.files[0]?.leftOut ?? {})).toContainEqual(expect.stringContaining('levels'))
})

it('no kind of content is lost: what is not known is in the metadata', async () => {
  const conversation = conversationOf(
    'c-9',
    said(
      'system',
      { content_type: 'text', parts: [''] },
      {
        is_user_system_message: true,
        user_context_message_data: { about_user_message: 'I grow pears', about_model_message: 'Be brief' },
      },
    ),
    said('assistant', { content_type: 'reasoning_recap', content: 'Thought for 3 seconds' }),
    said('tool', { content_type: 'citable_code_output', output_str: 'out' }),
    said('tool', { content_type: 'computer_output', screenshot: { asset_pointer: 'file-service://s' } }),
    said('user', { content_type: 'app_pairing_content', workspaces: [{ app: 'editor' }], context_parts: [] }),
    said('assistant', { content_type: 'thoughts', thoughts: [], source_analysis_msg_id: 'm' }),
    said('assistant', null),
  )
  const { db, report } = await importOfContent('conversations.json', JSON.stringify([conversation]))
  const messages = await messagesIn(db, 'c-9')
  expect(messages.map(({ messageType, content }) => [messageType, content])).toEqual([
    ['system', 'I grow pears\nBe brief'],
    ['reasoning_recap', 'Thought for 3 seconds'],
    ['citable_code_output', 'out'],
    ['computer_output', ''],
    ['app_pairing_content', ''],
  ])
  expect(messages[3]?.metadata).toMatchObject({ attachments: [{ url: 'file-service://s' }] })
  expect(messages[4]?.metadata).toMatchObject({ extra: { parts: [{ workspaces: [{ app: 'editor' }] }] } })
  expect(report.files[0]?.skipped).toEqual({ 'empty messages': 2 })
})
