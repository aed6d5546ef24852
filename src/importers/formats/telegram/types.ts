import { words } from '../words.js'

/** What we call what happens in chats; others keep their own names. */
const types = words({
  invite_members: 'join',
  join_group_by_link: 'join',
  join_group_by_request: 'join',
  remove_members: 'leave',
  pin_message: 'pin',
  phone_call: 'call',
  group_call: 'call',
  edit_group_title: 'name',
  topic_created: 'thread',
})

/** The kind of a message by what the export calls it. */
export function typeOf(type: string | undefined, action: string | undefined): string {
  if (action !== undefined) return types.get(action) ?? action
  return type === 'service' ? 'notice' : 'message'
}
