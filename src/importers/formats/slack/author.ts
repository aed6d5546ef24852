import type { JsonObject } from '../../../protocol/models.js'
import { objectOf, textOf } from '../json-fields.js'
import type { Author } from '../known-authors.js'
import type { AuthorMetadata } from '../metadata.js'
import type { SlackNames } from './users.js'

const slackbot = 'USLACKBOT'

/** Who wrote a message: as the list of users says it; of guests, of apps and where there is no list, as the message does. */
export function authorOf(fields: JsonObject, names: SlackNames): Author {
  const userId = authorId(fields)
  const username = textOf(fields['username'])
  const isBot = textOf(fields['bot_id']) === undefined ? undefined : (true as const)
  return {
    userId,
    ...(names.users.get(userId) ?? ofItself(userId, fields)),
    // A bot may say another name with each message.
    ...(username === undefined ? {} : { displayName: username }),
    ...(isBot === undefined ? {} : { isBot }),
  }
}

function authorId(fields: JsonObject): string {
  const given = ['user', 'bot_id', 'username'].map((name) => textOf(fields[name]))
  return [...given, textOf(objectOf(fields['comment'])['user'])].find((id) => id !== undefined) ?? 'unknown'
}

function ofItself(userId: string, fields: JsonObject): AuthorMetadata {
  const user = objectOf(fields['user_profile'])
  const bot = objectOf(fields['bot_profile'])
  const name = textOf(user['name']) ?? textOf(bot['name']) ?? (userId === slackbot ? 'slackbot' : undefined)
  return {
    name,
    displayName: textOf(user['display_name']) ?? textOf(user['real_name']) ?? name,
    avatarUrl: textOf(user['image_72']) ?? textOf(objectOf(bot['icons'])['image_72']),
  }
}
