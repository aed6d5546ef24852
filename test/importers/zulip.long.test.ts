import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { readExport } from '../../src/importers/formats/zulip/zulip.js'
import { importFiles, type ImportInput } from '../../src/importers/import-files.js'
import { folderSources } from '../../src/importers/inputs/folder.js'
import { temporaryDatabase, temporaryFolder } from '../support/databases.js'
import {
  everythingIn,
  expectSameAgain,
  fixture,
  importOf,
  importOfContent,
  linesIn,
  segmentsIn,
} from './import-of.js'

const path = fixture('zulip')

it('an organisation has streams, talks of two and of more', async () => {
  const { db, refused, report } = await importOf(path)
  expect(report.files.map(({ format }) => format)).toEqual(['zulip'])
  expect(await linesIn(db, 'zulip:5')).toEqual([
    '2023-11-14T22:13:20 zulip:10 message: Who waters, @**Grace**?',
    '2023-11-14T22:13:21 zulip:11 action: /me fetches the can, see [plan.txt](/user_uploads/2/ab/plan.txt)',
    `2023-11-14T22:13:22 zulip:12 message: <b>{"kind":"message"}'; DROP TABLE messages; --`,
    '2023-11-14T22:13:26 zulip:11 message: done',
    '2023-11-14T22:13:28 zulip:10 message: of an old version',
  ])
  expect(await linesIn(db, 'zulip:dm:10,11')).toEqual([
    '2023-11-14T22:13:23 zulip:10 message: hello Grace',
    '2023-11-14T22:13:24 zulip:11 message: hello Ada',
  ])
  expect(await linesIn(db, 'zulip:dm:10,11,12')).toHaveLength(1)
  expect(refused).toHaveLength(2)
  expect(refused[0]).toBe('zerver_message[4]: the recipient is not in realm.json')
  expect(refused[1]).toMatch(/^zerver_message\[5\]: timestamp /)
  expect(report.files[0]?.leftOut).toEqual({ 'files beside the messages': 1, 'message.edit_history': 1 })
})

it('channels and people are told', async () => {
  const { db } = await importOf(path)
  expect(await db.getChannel('zulip:5')).toMatchObject({
    name: 'tomatoes',
    createdAt: new Date(1_600_000_000_500),
    metadata: {
      source: 'zulip',
      sourceType: 'stream',
      purpose: 'All about them',
      workspace: { name: 'Garden club' },
    },
  })
  expect(await db.getChannel('zulip:6')).toMatchObject({
    metadata: { sourceType: 'private stream', isArchived: true },
  })
  expect(await db.getChannel('zulip:dm:10,11,12')).toMatchObject({
    name: 'Ada, Grace, Water bot',
    metadata: { sourceType: 'direct message', memberIds: ['zulip:10', 'zulip:11', 'zulip:12'] },
  })
  expect(await db.users.getUser('zulip:10')).toMatchObject({
    displayName: 'Ada',
    metadata: { name: 'ada@example.org', roles: ['owner'] },
  })
  expect(await db.users.getUser('zulip:12')).toMatchObject({ metadata: { isBot: true } })
})

it('reactions, mentions, edits and attachments are told', async () => {
  const { db } = await importOf(path)
  expect((await db.getMessage('zulip:1000'))?.metadata).toMatchObject({
    author: { name: 'ada@example.org', displayName: 'Ada' },
    reactions: [{ emoji: 'tomato', count: 2, userIds: ['zulip:11', 'zulip:10'] }],
    mentions: [{ userId: 'zulip:11', name: 'Grace' }],
  })
  expect(await db.getMessage('zulip:1001')).toMatchObject({
    editedAt: new Date(1_700_000_005_500),
    metadata: { attachments: [{ name: 'plan.txt', url: 'uploads/2/ab/plan.txt', sizeBytes: 5 }] },
  })
  expect((await db.getMessage('zulip:1005'))?.metadata).toMatchObject({
    mentions: [{ userId: 'zulip:10', name: 'Ada' }],
  })
})

it('topics are segments; one that is resolved is the same', async () => {
  const { db } = await importOf(path)
  const segments = await segmentsIn(db, 'zulip:5')
  expect(
    segments.map(({ segmentId, messageIds, metadata }) => [segmentId, messageIds, metadata?.['name']]),
  ).toEqual([
    ['zulip:5:topic:watering', ['zulip:1000', 'zulip:1001', 'zulip:1006'], 'Watering'],
    ['zulip:5:topic:roses', ['zulip:1002'], 'roses'],
    ['zulip:5:topic:old', ['zulip:1009'], 'old'],
  ])
  expect(segments[0]).toMatchObject({
    startTime: new Date(1_700_000_000_250),
    endTime: new Date(1_700_000_006_000),
  })
})

it('imported twice leaves the same rows', async () => {
  await expectSameAgain(path, await importOf(path))
})

it('more reactions than are kept at once: messages are read in parts', async () => {
  const whole = await importOf(path)
  const db = await temporaryDatabase()
  const sources = await folderSources(path)
  const input: ImportInput = { name: 'a', format: 'zulip', read: (notes) => readExport(sources, notes, 1) }
  const report = await importFiles(() => Promise.resolve(db), [input])
  const [expected, found] = [await everythingIn(whole.db), await everythingIn(db)]
  const byId = (left: { messageId: string }, right: { messageId: string }) =>
    left.messageId < right.messageId ? -1 : 1
  expect(found.messages.toSorted(byId)).toEqual(expected.messages.toSorted(byId))
  expect([report.badLines, report.problems]).toEqual([whole.report.badLines, whole.report.problems])
  expect(report.files[0]?.leftOut).toEqual(whole.report.files[0]?.leftOut)
})

describe('a damaged export', () => {
  let folder: string

  beforeEach(async () => {
    folder = join(await temporaryFolder(), 'export')
    await mkdir(folder)
    await cp(join(path, 'zulip-export'), folder, { recursive: true })
  })

  const cut = async (name: string, share: number) => {
    const content = await readFile(join(folder, name))
    await writeFile(join(folder, name), content.subarray(0, content.length * share))
  }

  it('whose messages are cut off gives those that are whole', async () => {
    for (const share of [0.8, 0.5, 0.2, 0]) {
      await cut('messages-000002.json', share)
      const { db, problems } = await importOf(folder)
      expect(problems).toHaveLength(1)
      expect(problems[0]).toContain('messages-000002.json is damaged or cut off')
      expect(await db.getMessage('zulip:1002')).toBeDefined()
    }
  })

  it('whose people and streams are cut off has messages that can not be placed', async () => {
    await cut('realm.json', 0.3)
    const { problems, refused } = await importOf(folder)
    expect(problems).toHaveLength(1)
    expect(refused).toContain('zerver_message[0]: the recipient is not in realm.json')
  })

  it('without attachments, and with rows of other kinds', async () => {
    await writeFile(join(folder, 'attachment.json'), '{"zerver_attachment":[7,null,{"messages":"x"}]}')
    await writeFile(
      join(folder, 'messages-000003.json'),
      '{"zerver_message":[7,null,{"recipient":100,"date_sent":1}]}',
    )
    const { refused } = await importOf(folder)
    expect(refused.slice(2)).toMatchObject([
      'zerver_message[0]: the recipient is not in realm.json',
      'zerver_message[1]: the recipient is not in realm.json',
      expect.stringMatching(/^zerver_message\[2\]: messageId /),
    ])
  })
})

it('the archive that Zulip makes has to be unpacked, and says so', async () => {
  const tar = Buffer.alloc(1_024)
  tar.write('zulip-export-abc/realm.json', 0)
  tar.write('ustar', 257)
  for (const content of [tar, gzipSync(tar)]) {
    const { problems, report } = await importOfContent('export.tar.gz', content)
    expect(report.files.map(({ format }) => format)).toEqual(['zulip'])
    expect(problems[0]).toContain('export.tar.gz is not read by itself: unpack the archive (tar -xzf)')
  }
})
