import type { JsonObject } from '../../../protocol/models.js'
import { objectOf, textOf } from '../json-fields.js'
import { words } from '../words.js'

const kindsOfText = words({ 'm.emote': 'action', 'm.notice': 'notice' })

const kindsOfEvents = words({
  'm.room.pinned_events': 'pin',
  'm.call.invite': 'call',
  'm.call.hangup': 'call',
  'org.matrix.msc3381.poll.start': 'poll',
  'm.poll.start': 'poll',
})

/** The kind of a message by its event. */
export function kindOf(event: JsonObject): string {
  const type = textOf(event['type']) ?? ''
  const content = objectOf(event['content'])
  if (type === 'm.room.message') return kindsOfText.get(textOf(content['msgtype']) ?? '') ?? 'message'
  if (type === 'm.room.member') return kindOfMembership(event, content)
  return kindsOfEvents.get(type) ?? toSnakeCase(type.replace(/^m\.(?:room\.)?/, ''))
}

function kindOfMembership(event: JsonObject, content: JsonObject): string {
  const before = objectOf(objectOf(event['unsigned'])['prev_content'] ?? event['prev_content'])
  const membership = textOf(content['membership']) ?? 'member'
  const isOfAnother = event['state_key'] !== event['sender']
  if (membership === 'leave') return isOfAnother ? 'kick' : 'leave'
  if (membership !== 'join' || before['membership'] !== 'join') return membership
  return before['displayname'] === content['displayname'] ? 'profile' : 'nick'
}

const toSnakeCase = (name: string): string => name.replaceAll(/[^A-Za-z0-9]+/g, '_').toLowerCase()
