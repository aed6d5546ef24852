import type { Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { asFarAsWhole } from '../as-far-as-whole.js'
import type { Format } from '../format.js'
import { readJsonValues } from '../json-values.js'
import { KnownAuthors } from '../known-authors.js'
import { hasNames, shapeOf } from '../shape.js'
import { TelegramChat } from './chat.js'
import { withJsonEscapes } from './escapes.js'

const heads = ['name', 'type', 'id']
const lists = ['chats', 'left_chats']

/** What a whole account's export has beside chats, and a place in it that is short. */
const besides: Readonly<Record<string, string>> = {
  'personal information': '$.personal_information',
  'profile pictures': '$.profile_pictures.*',
  stories: '$.stories.*',
  contacts: '$.contacts.about',
  'frequent contacts': '$.frequent_contacts.about',
  sessions: '$.sessions.about',
  'web sessions': '$.web_sessions.about',
  // Drafts, lists of stickers and what else the program's makers know of an account.
  'other data': '$.other_data.*',
}

const places = [
  ...heads.map((name) => `$.${name}`),
  '$.messages.*',
  ...lists.flatMap((list) => heads.map((name) => `$.${list}.list.*.${name}`)),
  ...lists.map((list) => `$.${list}.list.*.messages.*`),
  ...Object.values(besides),
]

const typeOfChat =
  /"type":\s*"(?:saved_messages|replies|verification_codes|personal_chat|bot_chat|(?:private|public)_(?:group|supergroup|channel))"/

/** Beside a chat whose type the program did not know. */
const ofMessages = /"date_unixtime":|"text_entities":/

/** `result.json` of Telegram Desktop, 1.3 (2018) to 5: one chat, or a whole account (https://telegram.org/blog/export-and-more). */
export const telegram: Format = {
  name: 'telegram',
  recognizes: ({ text }) => {
    const shape = shapeOf(text)
    if (hasNames(shape, 'type', 'id', 'messages')) return typeOfChat.test(text) || ofMessages.test(text)
    // What it says about itself is in the language of the program.
    const names = ['personal_information', 'chats', 'left_chats', 'contacts', 'profile_pictures', 'sessions']
    const count = names.filter((name) => hasNames(shape, name)).length
    return (
      hasNames(shape, 'about') && count > 0 && (count > 1 || /Telegram/.test(text) || typeOfChat.test(text))
    )
  },
  read: readChats,
}

async function* readChats(source: Source, notes: Notes): AsyncGenerator<Found> {
  const authors = new KnownAuthors('telegram')
  let at: string | undefined
  let chat = new TelegramChat(source.name, '', notes, authors)
  const whole = asFarAsWhole(withJsonEscapes(source), notes)
  for await (const { path, value } of readJsonValues(whole, places, notes)) {
    const beside = besideOf(path)
    if (beside !== undefined) {
      notes.leaveOut(beside)
      continue
    }
    const chatAt = lists.includes(String(path[0])) ? `${path[0]}.list[${path[2]}].` : ''
    if (chatAt !== at) {
      yield* chat.finish()
      chat = new TelegramChat(source.name, chatAt, notes, authors)
      at = chatAt
    }
    const name = String(path[chatAt === '' ? 0 : 3])
    if (name === 'messages') yield* chat.add(value)
    else chat.setHead(name, value)
  }
  yield* chat.finish()
}

const besideOf = (path: readonly (string | number)[]): string | undefined =>
  Object.keys(besides).find((name) => besides[name]?.split('.')[1] === path[0])
