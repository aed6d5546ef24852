import { describe, expect, it } from 'vitest'
import {
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

const single = fixture('telegram', 'result.json')
const account = fixture('telegram', 'account', 'result.json')
const channel = 'telegram:1234567890'

describe('a chat', () => {
  it('has messages and what happened in it', async () => {
    const { db, refused, report } = await importOf(single)
    expect(report.files.map(({ format }) => format)).toEqual(['telegram'])
    expect(await linesIn(db, channel)).toEqual([
      '2023-05-01T08:00:00 telegram:user1 create_group: Garden forum',
      '2023-05-01T08:01:00 telegram:user1 thread: Tomatoes',
      '2023-05-01T08:02:00 telegram:user2 message: They are red',
      '2023-05-01T08:03:00 telegram:user1 message: Look at this, Linus',
      '2023-05-01T08:04:00 telegram:user1 message: Green, too',
      '2023-05-01T08:06:00 telegram:user2 message: ',
      '2023-05-01T08:07:00 telegram:user4 message: ',
      '2023-05-01T08:08:00 telegram:user1 pin: ',
      `2023-05-01T08:09:00 telegram:channel1234567890 message: <b>\u001B{"kind":"message"}\\x41'; DROP TABLE messages; --`,
      '2023-05-01T08:10:00 telegram:user1 leave: ',
    ])
    expect(refused).toHaveLength(2)
    expect(refused[0]).toMatch(/^messages\[10\]: timestamp /)
    expect(refused[1]).toMatch(/^messages\[11\]: messageId /)
    expect(report.files[0]?.skipped).toEqual({ 'messages that Telegram Desktop could not export': 1 })
    expect(await db.getChannel(channel)).toMatchObject({
      name: 'Garden forum',
      metadata: { source: 'telegram', sourceType: 'private_supergroup' },
    })
    expect(await db.users.getUser('telegram:user2')).toMatchObject({ displayName: 'Grace' })
  })

  it('has replies, edits, reactions, files, links and mentions', async () => {
    const { db } = await importOf(single)
    const [, , inTopic, linked, edited, photo, file, , answer] = await messagesIn(db, channel)
    expect([inTopic, linked, edited, answer].map((message) => message?.replyToMessageId)).toEqual([
      null,
      `${channel}:1`,
      `${channel}:3`,
      'telegram:42:77',
    ])
    expect(edited?.editedAt?.toISOString()).toBe('2023-05-01T08:05:00.000Z')
    expect(edited?.metadata).toMatchObject({
      reactions: [
        { emoji: '🍅', count: 2, userIds: ['telegram:user2'] },
        { emoji: 'stickers/AnimatedSticker.tgs', count: 1 },
      ],
    })
    expect(linked?.metadata).toMatchObject({
      mentions: [{ userId: 'telegram:user3', name: 'Linus' }],
      extra: {
        entities: [{ type: 'text_link', text: 'this', href: 'https://example.org/' }, { user_id: 3 }],
      },
    })
    expect(photo?.metadata).toMatchObject({
      attachments: [{ name: 'photo_1.jpg', url: 'photos/photo_1.jpg', sizeBytes: 1234 }],
      forwarded: { forwarded_from: 'News' },
      extra: { width: 10, height: 20 },
    })
    expect(file?.metadata).toMatchObject({
      attachments: [{ name: 'plan.pdf', sizeBytes: 99, mimeType: 'application/pdf' }],
    })
    expect(answer?.metadata).toMatchObject({ extra: { poll: { question: 'Roses?' } } })
  })

  it('has topics as segments, with all that was answered in them', async () => {
    const { db } = await importOf(single)
    const [segment, ...others] = await segmentsIn(db, channel)
    expect(others).toEqual([])
    expect(segment).toMatchObject({
      segmentId: `${channel}:topic:2`,
      startTime: new Date('2023-05-01T08:01:00Z'),
      endTime: new Date('2023-05-01T08:04:00Z'),
      metadata: { source: 'telegram', name: 'Tomatoes', rootMessageId: `${channel}:2` },
      messageIds: [2, 3, 5].map((id) => `${channel}:${id}`),
    })
  })
})

describe('a whole account, as versions before 2021 wrote it', () => {
  it('has chats and those that were left; people have the ids that later versions give them', async () => {
    const { db, refused, report } = await importOf(account)
    expect(refused).toEqual([])
    expect(await linesIn(db, 'telegram:2')).toEqual([
      '2019-03-04T05:06:07 telegram:user2 message: hi',
      '2019-03-04T05:06:08 telegram:channel5 message: see here',
    ])
    expect(await linesIn(db, 'telegram:9')).toEqual(['2019-03-04T05:06:09 telegram:channel9 message: news'])
    const [message] = await messagesIn(db, 'telegram:9')
    expect(message?.metadata).toMatchObject({ extra: { author: 'Ada' } })
    expect(await db.getChannel('telegram:9')).toMatchObject({ metadata: { extra: { hasLeft: true } } })
    expect(await db.getChannel('telegram:1')).toMatchObject({
      name: null,
      metadata: { sourceType: 'saved_messages' },
    })
    expect(report.files[0]?.leftOut).toEqual({
      'personal information': 1,
      'profile pictures': 1,
      contacts: 1,
      'other data': 2,
    })
  })
})

describe('numbers of chats and people', () => {
  it('in which old versions put a kind are those that later versions write without it', async () => {
    const old = (message: object) => ({
      type: 'message',
      date: '2020-12-01T10:00:00',
      text: 'hi',
      ...message,
    })
    const personal = {
      name: 'Grace',
      type: 'personal_chat',
      id: 2 ** 32 + 7,
      messages: [
        old({ id: 1, from: 'Grace', from_id: 2 ** 32 + 7 }),
        old({ id: 2, from: 'Ada', from_id: 6, reply_to_message_id: 1 }),
      ],
    }
    const group = {
      name: 'Garden',
      type: 'private_supergroup',
      id: 2 * 2 ** 32 + 9,
      messages: [{ id: 1, type: 'unsupported' }, old({ id: 2, from: 'Garden', from_id: 2 * 2 ** 32 + 9 })],
    }
    const chats = { about: 'Chats', list: [personal, group] }
    const { db, refused } = await importOfContent('result.json', JSON.stringify({ about: 'Telegram', chats }))
    expect(refused).toEqual([])
    expect(
      (await messagesIn(db, 'telegram:7')).map((message) => [message.userId, message.replyToMessageId]),
    ).toEqual([
      ['telegram:user7', null],
      ['telegram:user6', 'telegram:7:1'],
    ])
    expect(await linesIn(db, 'telegram:9')).toEqual(['2020-12-01T10:00:00 telegram:channel9 message: hi'])
  })

  it('are as large today, and stay so', async () => {
    const chat = {
      name: 'Grace',
      type: 'personal_chat',
      id: 5_000_000_007,
      messages: [{ id: 1, type: 'unsupported' }, messageOf(2, { from_id: 'user5000000007' })],
    }
    const { db } = await importOfContent('result.json', JSON.stringify(chat))
    expect(await messagesIn(db, 'telegram:5000000007')).toMatchObject([
      { messageId: 'telegram:5000000007:2', userId: 'telegram:user5000000007' },
    ])
  })
})

describe.each([single, account])('%s', (path) => {
  it('imported twice leaves the same rows', async () => {
    await expectSameAgain(path, await importOf(path))
  })
})

it('cut off anywhere gives all that is whole', async () => {
  await expectCutsKept('result.json', await readFixture('telegram', 'result.json'))
})

it('says that it is cut off', async () => {
  const content = await readFixture('telegram', 'result.json')
  const { problems } = await importOfContent('result.json', content.subarray(0, 2_000))
  expect(problems).toHaveLength(1)
})

it('a chat without an id has no messages that can be told apart', async () => {
  const content = '{"name":"a","type":"personal_chat","messages":[{"id":1}],"id":1}'
  const { refused } = await importOfContent('result.json', content)
  expect(refused).toEqual(['messages[0]: the chat has no id before its messages'])
})

it('an empty file has nothing, and says that it is none', async () => {
  const { report, problems } = await importOfContent('result.json', '', { format: 'telegram' })
  expect(report).toMatchObject({ messagesInserted: 0, channels: 0 })
  expect(problems).toHaveLength(1)
})

const messageOf = (id: number, fields: Readonly<Record<string, unknown>>) => ({
  id,
  type: 'message',
  date: '2024-05-01T10:00:00',
  date_unixtime: '1714557600',
  from: 'Ada',
  from_id: 'user6',
  text: '',
  text_entities: [],
  ...fields,
})

it('the beginning of 1970, as versions until 2020 wrote it in local time, is no edit', async () => {
  const edits = [
    { edited: '1970-01-01T01:00:00' },
    { edited: '1969-12-31T19:00:00' },
    { edited: '1970-01-01T14:00:00' },
    { edited: '2024-05-01T10:05:00' },
    { edited: '2024-05-01T10:05:00', edited_unixtime: '1714557960' },
  ]
  const messages = edits.map((fields, index) => messageOf(index + 1, fields))
  const chat = { name: 'Ada', type: 'personal_chat', id: 5, messages }
  const { db } = await importOfContent('result.json', JSON.stringify(chat))
  const editedAt = (await messagesIn(db, 'telegram:5')).map((message) => message.editedAt?.toISOString())
  expect(editedAt).toEqual([
    undefined,
    undefined,
    undefined,
    '2024-05-01T10:05:00.000Z',
    '2024-05-01T10:06:00.000Z',
  ])
})

describe('messages without text', () => {
  it('are called by what they show', async () => {
    const chat = {
      name: 'Garden',
      type: 'private_group',
      id: 5,
      messages: [
        messageOf(1, { poll: { question: 'Which day?', answers: [{ text: 'Monday', voters: 1 }] } }),
        messageOf(2, { poll: { question: ['Which ', { type: 'bold', text: 'day' }] } }),
        messageOf(3, { place_name: 'Park', location_information: { latitude: 1.5, longitude: 2.5 } }),
        messageOf(4, {
          media_type: 'sticker',
          sticker_emoji: '🍐',
          file_name: 's.webp',
          file: '(File not included.)',
        }),
        messageOf(5, { type: 'service', action: 'topic_edit', new_title: 'Pears' }),
        messageOf(6, { poll: 'none', place_name: '' }),
      ],
    }
    const { db } = await importOfContent('result.json', JSON.stringify(chat))
    const messages = await messagesIn(db, 'telegram:5')
    expect(messages.map(({ content }) => content)).toEqual([
      'Which day?',
      'Which day',
      'Park',
      '🍐',
      'Pears',
      '',
    ])
    expect(messages[0]?.metadata).toMatchObject({ extra: { poll: { answers: [{ text: 'Monday' }] } } })
  })
})

it('a reaction whose picture was not exported is named by its kind', async () => {
  const reactions = [
    { type: 'custom_emoji', count: 2, document_id: '(File not included. Change data exporting settings.)' },
    { type: 'paid', count: 3 },
  ]
  const chat = { name: 'G', type: 'public_channel', id: 5, messages: [messageOf(1, { reactions })] }
  const { db } = await importOfContent('result.json', JSON.stringify(chat))
  expect((await db.getMessage('telegram:5:1'))?.metadata).toMatchObject({
    reactions: [
      { emoji: 'custom_emoji', count: 2 },
      { emoji: 'paid', count: 3 },
    ],
  })
})

it.each([
  [
    'an account whose program is in another language, with many contacts before the chats',
    {
      about: 'این داده‌هایی است که خواستید',
      personal_information: { user_id: 6 },
      contacts: { about: '', list: [{ first_name: 'x'.repeat(100_000) }] },
      chats: {
        about: '',
        list: [{ type: 'saved_messages', id: 5, messages: [messageOf(1, { text: 'hi' })] }],
      },
    },
  ],
  [
    'a chat of a type that the program did not know',
    { name: null, type: null, id: 5, messages: [messageOf(1, { text: 'hi' })] },
  ],
])('%s is known', async (_, content) => {
  const { db, report } = await importOfContent('result.json', JSON.stringify(content))
  expect(report.files.map(({ format }) => format)).toEqual(['telegram'])
  expect(await linesIn(db, 'telegram:5')).toEqual(['2024-05-01T10:00:00 telegram:user6 message: hi'])
})
