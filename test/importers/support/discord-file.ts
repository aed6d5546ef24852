/** Who wrote the messages. */
export const author = {
  id: '7',
  name: 'ada',
  discriminator: '0000',
  nickname: 'Ada L.',
  color: '#ff8800',
  isBot: false,
  roles: [{ id: '70', name: 'moderator', color: null, position: 1 }],
  avatarUrl: 'https://cdn.example/ada.png',
}

/** A message of the least that a version of today writes. */
export const plain = (id: string, fields: object = {}) => ({
  id,
  type: 'Default',
  timestamp: '2024-03-01T12:00:00.123+02:00',
  timestampEdited: null,
  callEndedTimestamp: null,
  isPinned: false,
  content: `message ${id}`,
  author,
  attachments: [],
  embeds: [],
  stickers: [],
  reactions: [],
  mentions: [],
  ...fields,
})

/** As DiscordChatExporter 2.43 writes it. */
export const exported = (messages: readonly object[], fields: object = {}) => ({
  guild: { id: '1', name: 'Engines', iconUrl: 'https://cdn.example/icon.png' },
  channel: {
    id: '2',
    type: 'GuildTextChat',
    categoryId: '3',
    category: 'Talk',
    name: 'general',
    topic: 'All about engines',
  },
  dateRange: { after: null, before: null },
  exportedAt: '2024-04-01T00:00:00+00:00',
  messages,
  messageCount: messages.length,
  ...fields,
})
