import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { author, exported, plain } from './support/discord-file.js'
import { readArchive } from './support/read-archive.js'

let path: string

beforeEach(async () => {
  path = join(await temporaryFolder(), 'general.json')
})

async function read(content: object | string) {
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readArchive(path)
}

describe('a file of DiscordChatExporter', () => {
  it('is found out by how it begins, on one line or many', async () => {
    expect((await read(exported([plain('1')]))).formats).toEqual(['discord'])
    expect((await read(JSON.stringify(exported([plain('1')]), null, 2))).formats).toEqual(['discord'])
  })

  it('gives the channel with its guild, category and topic', async () => {
    const { of } = await read(exported([]))
    expect(of('channel')).toEqual([
      {
        channelId: '2',
        name: 'general',
        metadata: {
          source: 'discord',
          sourceType: 'GuildTextChat',
          topic: 'All about engines',
          workspace: { id: '1', name: 'Engines', iconUrl: 'https://cdn.example/icon.png' },
          category: { id: '3', name: 'Talk' },
        },
      },
    ])
  })

  it('gives messages with their ids, times in any zone, and who wrote them', async () => {
    const { of, faults } = await read(exported([plain('10')]))
    expect(faults).toEqual([])
    expect(of('message')).toEqual([
      expect.objectContaining({
        messageId: '10',
        channelId: '2',
        userId: '7',
        content: 'message 10',
        messageType: 'message',
        replyToMessageId: null,
        editedAt: null,
        metadata: {
          source: 'discord',
          author: {
            name: 'ada',
            displayName: 'Ada L.',
            avatarUrl: 'https://cdn.example/ada.png',
            color: '#ff8800',
            roles: ['moderator'],
          },
        },
      }),
    ])
    expect(of('user')).toEqual([expect.objectContaining({ userId: '7', displayName: 'Ada L.' })])
  })

  it('keeps replies, edits, attachments, embeds, reactions, mentions, pins, stickers and forwarded messages', async () => {
    const { of } = await read(
      exported([
        plain('11', {
          type: 'Reply',
          reference: { messageId: '10', channelId: '2', guildId: '1' },
          timestampEdited: '2024-03-01T11:00:00+00:00',
          isPinned: true,
          attachments: [{ id: '5', url: 'https://cdn.example/a.png', fileName: 'a.png', fileSizeBytes: 12 }],
          embeds: [{ title: 'Engine', url: 'https://example.org' }],
          stickers: [{ id: '9', name: 'wave', format: 'Png', sourceUrl: 'https://cdn.example/s.png' }],
          reactions: [
            { emoji: { id: '', name: '👍', code: 'thumbsup' }, count: 2, users: [{ id: '7' }, { id: '8' }] },
            { emoji: { id: '99', name: 'party', code: 'party' }, count: 3 },
          ],
          mentions: [{ id: '8', name: 'grace', nickname: 'Grace H.' }],
          forwardedMessage: { content: 'from elsewhere' },
        }),
      ]),
    )
    expect(of('message')[0]).toMatchObject({
      replyToMessageId: '10',
      metadata: {
        sourceType: 'Reply',
        isPinned: true,
        attachments: [{ id: '5', name: 'a.png', url: 'https://cdn.example/a.png', sizeBytes: 12 }],
        embeds: [{ title: 'Engine', url: 'https://example.org' }],
        reactions: [
          { emoji: '👍', count: 2, userIds: ['7', '8'] },
          { emoji: 'party', count: 3 },
        ],
        mentions: [{ userId: '8', name: 'Grace H.' }],
        forwarded: { content: 'from elsewhere' },
        extra: { stickers: [{ id: '9', name: 'wave' }] },
      },
    })
    expect(of('message')[0]?.editedAt).toBe('2024-03-01T11:00:00+00:00')
  })

  it.each([
    ['named so', { type: 'Forward', messageId: '10', channelId: '2' }],
    ['of a version that names no kinds', { messageId: '10', channelId: '2' }],
  ])(
    'takes no message of the same channel that was forwarded for an answer to it: %s',
    async (_, reference) => {
      const forwardedMessage = { timestamp: '2024-03-01T12:00:00+00:00', content: 'seen before' }
      const { of } = await read(exported([plain('11', { content: '', reference, forwardedMessage })]))
      expect(of('message')).toMatchObject([
        {
          replyToMessageId: null,
          metadata: { forwarded: { content: 'seen before', messageId: '10', channelId: '2' } },
        },
      ])
    },
  )

  it('keeps buttons, and reactions with an emoji that is there no more', async () => {
    const components = [{ type: 'ActionRow', components: [{ type: 'Button', label: 'Water' }] }]
    const reactions = [{ emoji: { id: '99', name: '', code: '' }, count: 2, users: [] }]
    const { of, leftOut } = await read(exported([plain('12', { components, reactions })]))
    expect(of('message')).toMatchObject([
      { metadata: { extra: { components }, reactions: [{ emoji: '99', count: 2 }] } },
    ])
    expect(leftOut).toEqual([])
  })

  it.each([
    ['GuildMemberJoin', 'join'],
    ['7', 'join'],
    ['ChannelPinnedMessage', 'pin'],
    ['Call', 'call'],
    ['ThreadCreated', 'thread'],
    ['19', 'message'],
    ['UserPremiumGuildSubscription', 'user_premium_guild_subscription'],
    ['SomethingNew', 'something_new'],
    ['9', 'user_premium_guild_subscription_tier1'],
    ['46', 'poll_result'],
    ['999', '999'],
  ])('calls a message of type %s %s', async (type, messageType) => {
    const { of } = await read(exported([plain('1', { type })]))
    expect(of('message')[0]?.messageType).toBe(messageType)
  })

  it('of an old version lacks fields, and has numbers for types', async () => {
    const { of, faults, leftOut } = await read({
      guild: { id: '1', name: 'Engines', iconUrl: 'x' },
      channel: { id: '2', type: 'GuildTextChat', category: 'Talk', name: 'general', topic: null },
      dateRange: { after: null, before: null },
      messages: [
        {
          id: '1',
          type: '0',
          timestamp: '2019-05-01T10:00:00.5+00:00',
          content: 'hi',
          author: { id: '7', name: 'ada', discriminator: '1234', isBot: false },
        },
      ],
      messageCount: 1,
    })
    expect([faults, leftOut]).toEqual([[], []])
    expect(of('message')[0]).toMatchObject({
      messageId: '1',
      messageType: 'message',
      metadata: { author: { name: 'ada#1234', displayName: 'ada' } },
    })
  })

  it('tells of a user again when the name has changed, and not otherwise', async () => {
    const renamed = { ...author, nickname: 'Countess' }
    const { of } = await read(
      exported([plain('1'), plain('2'), plain('3', { author: renamed }), plain('4', { author: renamed })]),
    )
    expect(of('user').map(({ displayName }) => displayName)).toEqual(['Ada L.', 'Countess'])
  })

  it('that is a thread becomes a channel, and a segment from its first message to its last', async () => {
    const { of } = await read(
      exported([plain('1'), plain('2', { timestamp: '2024-03-02T12:00:00+00:00' })], {
        channel: {
          id: '20',
          type: 'GuildPublicThread',
          categoryId: '2',
          category: 'general',
          name: 'boilers',
        },
      }),
    )
    const [first, whole] = of('thread')
    expect(first).toMatchObject({ segmentId: '20:thread', channelId: '20', metadata: { name: 'boilers' } })
    expect(whole).toMatchObject({
      startTime: Date.parse(plain('1').timestamp),
      endTime: Date.parse('2024-03-02T12:00:00Z'),
    })
    expect(of('members').flatMap(({ messages }) => messages)).toEqual(['1', '2'])
  })

  it('names what it holds that has no place', async () => {
    const { leftOut } = await read(
      exported([plain('1', { inlineEmojis: [{ id: '1' }], poll: { question: 'when?' } })]),
    )
    expect(leftOut).toEqual(['message.inlineEmojis', 'message.poll'])
  })

  it('says when it holds another number of messages than it says', async () => {
    const { complaints } = await read(exported([plain('1')], { messageCount: 3 }))
    expect(complaints).toEqual([`${path} says that it holds 3 messages, and holds 1`])
  })
})
