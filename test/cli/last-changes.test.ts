import type { ChangeEvent } from 'convodb'
import { expect, it } from 'vitest'
import { lastOfEach } from '../../src/cli/move/last-changes.js'

const cursor = ''
const channelId = 'c'
const row = {
  messageId: 'm',
  channelId,
  userId: 'u',
  content: '',
  timestamp: new Date(0),
  messageType: 'message',
  replyToMessageId: null,
  editedAt: null,
  metadata: null,
}
const stored: ChangeEvent = { kind: 'messageStored', cursor, channelId, messageId: 'm', message: row }
const updated: ChangeEvent = { ...stored, kind: 'messageUpdated' }
const deleted: ChangeEvent = { kind: 'messageDeleted', cursor, channelId, messageId: 'm' }
const channelDeleted: ChangeEvent = { kind: 'channelDeleted', cursor, channelId }
const userUpdated: ChangeEvent = { kind: 'userUpdated', cursor, userId: 'u' }
const userDeleted: ChangeEvent = { kind: 'userDeleted', cursor, userId: 'u' }

const kinds = (...changes: ChangeEvent[]): string[] => lastOfEach(changes).map(({ kind }) => kind)

it.each([
  ['of many changes of a message the last', [stored, updated, updated], ['messageUpdated']],
  ['a deletion behind all else', [stored, updated, deleted], ['messageDeleted']],
  [
    'a message that was deleted and stored again, both',
    [stored, deleted, stored, updated],
    ['messageDeleted', 'messageUpdated'],
  ],
  ['a message that has gone to another channel, once', [deleted, updated], ['messageUpdated']],
  [
    'a message in its place behind its channel’s deletion',
    [stored, channelDeleted, stored],
    ['channelDeleted', 'messageStored'],
  ],
  ['a user who was deleted and came again, both', [userDeleted, userUpdated], ['userDeleted', 'userUpdated']],
] as const)('keeps %s', (_, changes, kept) => {
  expect(kinds(...changes)).toEqual(kept)
})
