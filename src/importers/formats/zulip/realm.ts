import type { JsonObject } from '../../../protocol/models.js'
import { found, type Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { quietly } from '../as-far-as-whole.js'
import { numberOf, objectOf, textOf, trueOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import { toMetadata, type AuthorMetadata } from '../metadata.js'
import { toMilliseconds } from './seconds.js'

const people = ['zerver_userprofile', 'zerver_userprofile_mirrordummy', 'zerver_userprofile_crossrealm']
const tables = ['zerver_realm', ...people, 'zerver_stream', 'zerver_recipient']

/** Whom or where messages go to; `type` is 1 for one person, 2 for a stream, 3 for a group of people. */
interface Recipient {
  readonly type: number
  readonly typeId: string
}

/** What messages name by numbers. */
export interface ZulipRealm {
  readonly users: Map<string, AuthorMetadata>
  readonly idsOfNames: Map<string, string>
  readonly recipients: Map<string, Recipient>
  /** Who is in a group, by its recipient's number. */
  readonly groups: Map<string, string[]>
  name: string | undefined
}

export const groupType = 3

/** The people and streams of an organisation, told of as they are read. */
export async function* readRealm(source: Source, realm: ZulipRealm, notes: Notes): AsyncGenerator<Found> {
  for await (const { path, value } of readJsonValues(
    source,
    tables.map((name) => `$.${name}.*`),
    notes,
  )) {
    const [table, index] = path
    const row = objectOf(value)
    const place = { file: source.name, at: `${table}[${index}]` }
    const id = textOf(row['id']) ?? ''
    if (table === 'zerver_realm') realm.name = textOf(row['name'])
    else if (table === 'zerver_recipient') {
      realm.recipients.set(id, { type: numberOf(row['type']) ?? 0, typeId: textOf(row['type_id']) ?? '' })
    } else if (table === 'zerver_stream') {
      yield found(place, { kind: 'channel', model: streamOf(id, row, realm) })
    } else {
      const author = authorOf(row)
      realm.users.set(id, { name: author.name, displayName: author.displayName, isBot: author.isBot })
      if (author.displayName !== undefined) realm.idsOfNames.set(author.displayName, id)
      const metadata = toMetadata({ source: 'zulip', ...author })
      yield found(place, {
        kind: 'user',
        model: { userId: userIdOf(id), displayName: author.displayName ?? null, metadata },
      })
    }
  }
  await readGroups(source, realm, quietly(notes))
}

/** Who is in groups: they are known by their members, as is a talk of two. */
async function readGroups(source: Source, { recipients, groups }: ZulipRealm, notes: Notes): Promise<void> {
  for await (const { value } of readJsonValues(source, ['$.zerver_subscription.*'], notes)) {
    const row = objectOf(value)
    const recipient = textOf(row['recipient']) ?? ''
    const user = textOf(row['user_profile'])
    if (user === undefined || recipients.get(recipient)?.type !== groupType) continue
    const members = groups.get(recipient)
    if (members === undefined) groups.set(recipient, [user])
    else members.push(user)
  }
}

export const userIdOf = (id: string): string => (id === '' ? '' : `zulip:${id}`)

function streamOf(id: string, row: JsonObject, { name }: ZulipRealm) {
  const createdAt = toMilliseconds(row['date_created'])
  return {
    channelId: id === '' ? '' : `zulip:${id}`,
    name: textOf(row['name']) ?? null,
    ...(createdAt === undefined ? {} : { createdAt }),
    metadata: toMetadata({
      source: 'zulip',
      sourceType: row['invite_only'] === true ? 'private stream' : 'stream',
      purpose: textOf(row['description']),
      workspace: { name },
      isArchived: trueOf(row['deactivated']),
    }),
  }
}

const roles: Readonly<Record<string, string>> = {
  '100': 'owner',
  '200': 'admin',
  '300': 'moderator',
  '600': 'guest',
}

function authorOf(row: JsonObject): AuthorMetadata {
  const role = roles[textOf(row['role']) ?? ''] ?? (row['is_realm_admin'] === true ? 'admin' : undefined)
  return {
    name: textOf(row['delivery_email']) ?? textOf(row['email']),
    displayName: textOf(row['full_name']),
    isBot: trueOf(row['is_bot']),
    roles: role === undefined ? [] : [role],
  }
}
