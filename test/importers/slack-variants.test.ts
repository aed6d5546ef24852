import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { readArchive } from './support/read-archive.js'
import { zipOf } from './support/zip-of.js'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

const users = [{ id: 'U1', name: 'ada', profile: { display_name: 'Ada' } }]
const channels = [{ id: 'C1', name: 'general' }]

const said = (ts: string, fields: object = {}) => ({
  type: 'message',
  user: 'U1',
  text: `at ${ts}`,
  ts,
  ...fields,
})

async function write(files: Readonly<Record<string, unknown>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), JSON.stringify(content))
  }
}

async function read(...messages: readonly object[]) {
  await write({ 'users.json': users, 'channels.json': channels, 'general/2024-01-31.json': messages })
  return readArchive(folder)
}

describe('an export that lacks a list', () => {
  it.each([
    [
      'of an organisation, whose users are in org_users.json',
      { 'org_users.json': users, 'channels.json': channels },
      'C1',
    ],
    ['without users', { 'channels.json': channels }, 'C1'],
    ['without channels', { 'users.json': users }, 'general'],
  ])('%s, is known all the same', async (_, lists, channelId) => {
    await write({ ...lists, 'general/2024-01-31.json': [said('1.0')] })
    const { formats, of } = await readArchive(folder)
    expect(formats).toEqual(['slack'])
    expect(of('message')).toMatchObject([{ messageId: `${channelId}:1.0`, userId: 'U1' }])
  })

  it('at all is read where --format says what it is', async () => {
    await write({ 'export/general/2024-01-31.json': [said('1.0')] })
    const { of } = await readArchive(folder, 'slack')
    expect(of('message')).toMatchObject([{ messageId: 'general:1.0' }])
  })

  it('is none where there are no folders of days', async () => {
    await write({ 'users.json': users, 'other.json': {} })
    await expect(readArchive(folder)).rejects.toThrow('holds no file of a format that is known')
  })
})

it('a folder may be called by the id of its channel', async () => {
  await write({ 'users.json': users, 'channels.json': channels, 'C1/2024-01-31.json': [said('1.0')] })
  const { of, complaints } = await readArchive(folder)
  expect(of('message')).toMatchObject([{ messageId: 'C1:1.0' }])
  expect(complaints).toEqual([])
})

it.each([
  ['as Slack calls it', 'FC:F1:\u{1f517} Links'],
  ['as Windows unpacks it', 'FC_F1_\u{1f517} Links'],
])('comments on a canvas are a channel, whose folder is called %s', async (_, called) => {
  await write({
    'users.json': users,
    'channels.json': channels,
    'file_conversations.json': [{ id: 'C9', name: 'FC:F1:\u{1f517} Links', created: 1 }],
    [`${called}/2024-01-31.json`]: [said('1.0')],
  })
  const { of, complaints } = await readArchive(folder)
  expect(of('message')).toMatchObject([{ messageId: 'C9:1.0', channelId: 'C9' }])
  expect(of('channel')).toMatchObject([
    { channelId: 'C1' },
    { channelId: 'C9', name: 'FC:F1:\u{1f517} Links', metadata: { sourceType: 'file conversation' } },
  ])
  expect(complaints).toEqual([])
})

it('names of folders in a zip archive are UTF-8 though it does not say so', async () => {
  const zip = zipOf({
    'users.json': JSON.stringify(users),
    'channels.json': JSON.stringify([{ id: 'C2', name: '\u96d1\u8ac7' }]),
    '\u96d1\u8ac7/2024-01-31.json': JSON.stringify([said('1.0')]),
  })
  // The bit of the flags that says it, in the file and in the directory.
  for (const [mark, offset] of [
    ['504b0304', 6],
    ['504b0102', 8],
  ] as const) {
    for (let at = zip.indexOf(mark, 0, 'hex'); at !== -1; at = zip.indexOf(mark, at + 1, 'hex')) {
      zip.writeUInt16LE(0, at + offset)
    }
  }
  await writeFile(join(folder, 'export.zip'), zip)
  const { of, complaints } = await readArchive(join(folder, 'export.zip'))
  expect(complaints).toEqual([])
  expect(of('message')).toMatchObject([{ messageId: 'C2:1.0' }])
})

describe('who wrote a message and is in no list', () => {
  it('is a user as the message says: a guest, an app, Slack itself', async () => {
    const guest = { name: 'grace', real_name: 'Grace H', display_name: '', image_72: 'https://g' }
    const { of } = await read(
      said('1.0', { user: 'U9', user_profile: guest }),
      said('2.0', { user: 'U9', user_profile: guest }),
      said('3.0', {
        user: 'U8',
        bot_id: 'B8',
        bot_profile: { id: 'B8', name: 'Builds', icons: { image_72: 'https://b' } },
      }),
      said('4.0', { user: undefined, bot_id: 'B7', username: 'deploys', subtype: 'bot_message' }),
      said('5.0', { user: 'USLACKBOT' }),
      said('6.0', { user: 'U404' }),
    )
    expect(of('user').map(({ userId, displayName }) => [userId, displayName])).toEqual([
      ['U1', 'Ada'],
      ['U9', 'Grace H'],
      ['U8', 'Builds'],
      ['B7', 'deploys'],
      ['USLACKBOT', 'slackbot'],
    ])
    expect(of('message')[0]).toMatchObject({
      metadata: { author: { name: 'grace', displayName: 'Grace H', avatarUrl: 'https://g' } },
    })
    expect(of('message')[2]).toMatchObject({ metadata: { author: { displayName: 'Builds', isBot: true } } })
  })

  it('is what the list says where there is one', async () => {
    const { of } = await read(said('1.0', { user_profile: { name: 'other', display_name: 'Other' } }))
    expect(of('user')).toMatchObject([{ userId: 'U1', displayName: 'Ada' }])
    expect(of('message')).toMatchObject([{ metadata: { author: { name: 'ada', displayName: 'Ada' } } }])
  })
})

describe('a message without a text', () => {
  const blocks = [
    { type: 'header', text: { type: 'plain_text', text: 'Build 7' } },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: 'for <@U1>' },
      fields: [{ type: 'mrkdwn', text: '*Took*' }],
    },
    {
      type: 'rich_text',
      elements: [
        {
          type: 'rich_text_section',
          elements: [
            { type: 'text', text: 'see ' },
            { type: 'link', url: 'https://example.org', text: 'the log' },
            { type: 'text', text: ' ' },
            { type: 'user', user_id: 'U1' },
            { type: 'emoji', name: 'tada' },
          ],
        },
        {
          type: 'rich_text_list',
          elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'one' }] }],
        },
      ],
    },
    { type: 'context', elements: [{ type: 'mrkdwn', text: 'by an app' }] },
    { type: 'divider' },
  ]

  it('has that of its blocks', async () => {
    const { of } = await read(said('1.0', { text: '', blocks }))
    expect(of('message')).toMatchObject([
      {
        content: 'Build 7\nfor <@U1>\n*Took*\nsee <https://example.org|the log> <@U1>:tada:\none\nby an app',
        metadata: { readableText: 'Build 7\nfor @Ada\n*Took*\nsee the log @Ada:tada:\none\nby an app' },
      },
    ])
  })

  it('has else that of its attachments, or what they say instead', async () => {
    const { of } = await read(
      said('1.0', {
        text: '',
        attachments: [
          { pretext: 'New:', title: 'Leak', text: 'in bed 3', fields: [{ title: 'Who', value: 'Ada' }] },
        ],
      }),
      said('2.0', { text: null, attachments: [{ fallback: 'A picture', image_url: 'https://p' }] }),
      said('3.0', { text: '', files: [{ id: 'F1', mode: 'tombstone' }] }),
    )
    expect(of('message').map(({ content }) => content)).toEqual([
      'New:\nLeak\nin bed 3\nWho\nAda',
      'A picture',
      '',
    ])
    expect(of('message')[2]).toMatchObject({ metadata: { attachments: [{ id: 'F1' }] } })
  })

  it('keeps its text where it has one', async () => {
    const { of } = await read(said('1.0', { blocks }))
    expect(of('message')).toMatchObject([{ content: 'at 1.0' }])
  })

  it('whose blocks are nested without an end is read', async () => {
    let block: object = { type: 'section', text: 'deep' }
    for (let depth = 0; depth < 500; depth += 1) block = { type: 'section', elements: [block] }
    const { of } = await read(said('1.0', { text: '', blocks: [block] }))
    expect(of('message')).toMatchObject([{ content: '' }])
  })
})

describe('an export of all that happened', () => {
  it('has a message again that was edited or answered: it becomes what is said last', async () => {
    const edited = said('1.0', { text: 'better', edited: { user: 'U1', ts: '5.0' } })
    const { of } = await read(
      said('1.0'),
      {
        type: 'message',
        subtype: 'message_changed',
        hidden: true,
        ts: '5.1',
        message: edited,
        previous_message: said('1.0'),
      },
      {
        type: 'message',
        subtype: 'message_replied',
        hidden: true,
        ts: '6.0',
        message: said('1.0', { text: 'better', reply_count: 1 }),
      },
    )
    expect(of('message')).toMatchObject([
      { messageId: 'C1:1.0', content: 'at 1.0', editedAt: null },
      { messageId: 'C1:1.0', content: 'better', editedAt: 5_000, messageType: 'message' },
      { messageId: 'C1:1.0', content: 'better' },
    ])
  })

  it('tells of deleted messages, which stay deleted', async () => {
    const { of, skipped } = await read({
      type: 'message',
      subtype: 'message_deleted',
      ts: '5.1',
      deleted_ts: '1.0',
      previous_message: said('1.0'),
    })
    expect(of('message')).toEqual([])
    expect(skipped).toEqual(['messages that were deleted'])
  })
})

it('a huddle is a call, and a reply that the channel saw does not bring the first message along', async () => {
  const { of, leftOut } = await read(
    said('1.0', {
      subtype: 'huddle_thread',
      text: '',
      room: { id: 'R1', date_start: 1, participant_history: ['U1'] },
    }),
    said('2.0', { subtype: 'thread_broadcast', thread_ts: '1.0', root: said('1.0') }),
  )
  expect(of('message')).toMatchObject([
    { messageType: 'call', metadata: { extra: { room: { id: 'R1', participant_history: ['U1'] } } } },
    { messageType: 'message', replyToMessageId: 'C1:1.0' },
  ])
  expect(of('message')[1]?.metadata).not.toHaveProperty('extra')
  expect(leftOut).toEqual([])
})
