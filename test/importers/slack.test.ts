import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { readArchive } from './support/read-archive.js'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

const users = [
  {
    id: 'U1',
    name: 'ada',
    deleted: false,
    is_admin: true,
    profile: { display_name: 'Ada', image_192: 'https://a' },
  },
  { id: 'U2', name: 'grace', profile: { real_name: 'Grace Hopper', display_name: '' } },
]
const channels = [
  {
    id: 'C1',
    name: 'general',
    created: 1_444_000_000,
    is_archived: false,
    members: ['U1', 'U2'],
    topic: { value: 'Engines' },
    purpose: { value: 'Talk' },
    pins: [{ id: '1444755381.000003', type: 'C' }],
  },
]

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), JSON.stringify(content))
  }
}

async function read(messages: readonly object[], files: Readonly<Record<string, unknown>> = {}) {
  await write({
    'users.json': users,
    'channels.json': channels,
    'general/2015-10-13.json': messages,
    ...files,
  })
  return readArchive(folder)
}

const said = (ts: string, fields: object = {}) => ({
  type: 'message',
  user: 'U1',
  text: `at ${ts}`,
  ts,
  ...fields,
})

describe('an export of Slack', () => {
  it('is found out by its files, also below a folder', async () => {
    await write({
      'export/users.json': users,
      'export/channels.json': channels,
      'export/general/2015-10-13.json': [said('1.0')],
    })
    const { formats, of } = await readArchive(folder)
    expect(formats).toEqual(['slack'])
    expect(of('message')).toHaveLength(1)
  })

  it('gives channels, private ones, groups and direct messages', async () => {
    const { of } = await read([], {
      'groups.json': [{ id: 'G1', name: 'secret' }],
      'mpims.json': [{ id: 'G2', name: 'mpdm-ada--grace-1' }],
      'dms.json': [{ id: 'D1', created: 1_444_000_001, members: ['U1', 'U2'] }],
      'D1/2015-10-13.json': [said('2.0')],
    })
    expect(of('channel').map(({ channelId, name }) => [channelId, name])).toEqual([
      ['C1', 'general'],
      ['G1', 'secret'],
      ['G2', 'mpdm-ada--grace-1'],
      ['D1', 'D1'],
    ])
    expect(of('channel')[0]).toMatchObject({
      createdAt: 1_444_000_000_000,
      metadata: { source: 'slack', topic: 'Engines', purpose: 'Talk', memberIds: ['U1', 'U2'] },
    })
    expect(of('message')[0]).toMatchObject({ channelId: 'D1', messageId: 'D1:2.0' })
  })

  it('gives users by the name that they chose', async () => {
    const { of } = await read([])
    expect(of('user')).toEqual([
      {
        userId: 'U1',
        displayName: 'Ada',
        metadata: {
          source: 'slack',
          name: 'ada',
          displayName: 'Ada',
          avatarUrl: 'https://a',
          roles: ['admin'],
        },
      },
      expect.objectContaining({ userId: 'U2', displayName: 'Grace Hopper' }),
    ])
  })

  it('knows a message by its channel and ts, to the millisecond', async () => {
    const { of } = await read([said('1444755381.123456'), said('1444755381.123457')])
    expect(of('message').map(({ messageId }) => messageId)).toEqual([
      'C1:1444755381.123456',
      'C1:1444755381.123457',
    ])
    expect(of('message').map(({ timestamp }) => timestamp)).toEqual([1_444_755_381_123, 1_444_755_381_123])
  })

  it('keeps mentions and links in the text, and a readable text beside it', async () => {
    const text = 'Hi <@U2>, see <https://example.org|the page> in <#C1|general>, <!here> &amp; <@U404>'
    const { of } = await read([said('1.0', { text })])
    expect(of('message')[0]).toMatchObject({
      content: text,
      metadata: {
        readableText: 'Hi @Grace Hopper, see the page in #general, @here & @U404',
        mentions: [
          { userId: 'U2', name: 'Grace Hopper' },
          { userId: 'U404', name: 'U404' },
        ],
      },
    })
  })

  it('keeps edits, pins, reactions, files and attachments', async () => {
    const { of } = await read([
      said('1444755381.000003', {
        edited: { user: 'U1', ts: '1444755400.000000' },
        reactions: [{ name: 'tada', users: ['U1', 'U2'], count: 2 }],
        files: [{ id: 'F1', name: 'a.pdf', mimetype: 'application/pdf', size: 10, url_private: 'https://f' }],
        attachments: [{ title: 'Engine' }],
      }),
    ])
    expect(of('message')[0]).toMatchObject({
      editedAt: 1_444_755_400_000,
      metadata: {
        isPinned: true,
        reactions: [{ emoji: 'tada', count: 2, userIds: ['U1', 'U2'] }],
        attachments: [
          { id: 'F1', name: 'a.pdf', url: 'https://f', sizeBytes: 10, mimeType: 'application/pdf' },
        ],
        embeds: [{ title: 'Engine' }],
      },
    })
  })

  it.each([
    ['channel_join', 'join'],
    ['group_leave', 'leave'],
    ['channel_topic', 'topic'],
    ['me_message', 'action'],
    ['bot_message', 'message'],
    ['pinned_item', 'pin'],
    ['something_new', 'something_new'],
  ])('calls a %s %s', async (subtype, messageType) => {
    const { of } = await read([said('1.0', { subtype })])
    expect(of('message')[0]).toMatchObject({ messageType, metadata: { sourceType: subtype } })
  })

  it('makes a segment of a thread, over days, that ends with its last reply', async () => {
    const { of } = await read(
      [said('100.5', { thread_ts: '100.5', reply_count: 2 }), said('101.0', { thread_ts: '100.5' })],
      { 'general/2015-10-14.json': [said('200.0', { thread_ts: '100.5' }), said('201.0')] },
    )
    const segmentId = 'C1:thread:100.5'
    expect(of('message').map(({ replyToMessageId }) => replyToMessageId)).toEqual([
      null,
      'C1:100.5',
      'C1:100.5',
      null,
    ])
    expect(of('members')).toEqual(
      ['C1:100.5', 'C1:101.0', 'C1:200.0'].map((messageId) => ({ segmentId, messages: [messageId] })),
    )
    expect(of('thread').at(-1)).toMatchObject({ segmentId, startTime: 100_500, endTime: 200_000 })
  })

  it('of a bot says its name, and of nobody says unknown', async () => {
    const bot = { user: undefined, bot_id: 'B1', username: 'deploys', subtype: 'bot_message' }
    const { of } = await read([said('1.0', bot), said('2.0', { user: undefined })])
    expect(of('message')).toMatchObject([
      { userId: 'B1', metadata: { author: { displayName: 'deploys', isBot: true } } },
      { userId: 'unknown' },
    ])
  })

  it('takes a folder that no list names, passes over other files, and refuses what has no ts', async () => {
    const { of, faults, leftOut, complaints } = await read(
      [{ type: 'message', text: 'when?' }, said('1.0')],
      {
        'lost/2015-10-13.json': [said('3.0')],
        'integration_logs.json': [],
      },
    )
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['C1:1.0', 'lost:3.0'])
    expect(faults).toEqual([expect.stringMatching(/^\[0\]: timestamp/)])
    expect(leftOut).toEqual(['files beside the messages'])
    expect(complaints).toEqual([expect.stringContaining('is of a channel that no list names')])
  })

  it('says which day is cut off, and reads the others', async () => {
    await read([], { 'general/2015-10-14.json': [said('5.0')] })
    await writeFile(
      join(folder, 'general/2015-10-13.json'),
      JSON.stringify([said('1.0'), said('2.0')]).slice(0, -10),
    )
    const { of, complaints } = await readArchive(folder)
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['C1:1.0', 'C1:5.0'])
    expect(complaints).toEqual([expect.stringContaining('2015-10-13.json is damaged or cut off')])
  })

  it('may hold several workspaces, each in a folder of its own', async () => {
    await write({
      'one/users.json': users,
      'one/channels.json': channels,
      'one/general/2015-10-13.json': [said('1.0')],
      'two/users.json': users,
      'two/channels.json': [{ id: 'C2', name: 'general' }],
      'two/general/2015-10-13.json': [said('2.0')],
      'readme.txt': 'x',
    })
    const { of, leftOut } = await readArchive(folder)
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['C1:1.0', 'C2:2.0'])
    // It is none of Slack's, and named with what is of no format that is known.
    expect(leftOut).toEqual([])
  })

  it('has folders whose names macOS has taken apart', async () => {
    const { of, complaints } = await read([], {
      'channels.json': [{ id: 'C9', name: 'caf\u00e9' }],
      'cafe\u0301/2015-10-13.json': [said('1.0')],
      'general/2015-10-13.json': [],
    })
    expect(of('message').map(({ messageId }) => messageId)).toEqual(['C9:1.0'])
    expect(complaints).toEqual([expect.stringContaining('is of a channel that no list names')])
  })

  it.each(['constructor', '__proto__', 'toString'])('takes a message of the kind %s', async (subtype) => {
    const { of, faults } = await read([said('1.0', { subtype })])
    expect(faults).toEqual([])
    expect(of('message')[0]?.messageType).toBe(subtype)
  })

  it('is none where --format says so of something else', async () => {
    await write({ 'a.json': [] })
    const { found, complaints } = await readArchive(folder, 'slack')
    expect(found).toEqual([])
    expect(complaints).toEqual([expect.stringContaining('is no export of Slack')])
  })
})
