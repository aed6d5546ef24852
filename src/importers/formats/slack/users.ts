import type { JsonObject } from '../../../protocol/models.js'
import { found, type Found, type Place } from '../../found.js'
import { objectOf, textOf, trueOf } from '../json-fields.js'
import { toMetadata, type AuthorMetadata } from '../metadata.js'

/** Where users are listed: an organisation of several workspaces has a list of its own. */
export const userLists: readonly string[] = ['users.json', 'org_users.json']

/** Who is who, for reading texts that hold ids. */
export interface SlackNames {
  readonly users: Map<string, AuthorMetadata>
  readonly channels: Map<string, string>
}

export function* readUser(user: JsonObject, place: Place, names: SlackNames): Generator<Found> {
  const userId = textOf(user['id']) ?? ''
  const profile = objectOf(user['profile'])
  const name = textOf(user['name'])
  const realName = textOf(profile['real_name']) ?? textOf(user['real_name'])
  const author: AuthorMetadata = {
    name,
    displayName: textOf(profile['display_name']) ?? realName ?? name,
    avatarUrl: textOf(profile['image_192']) ?? textOf(profile['image_72']),
    isBot: trueOf(user['is_bot']),
    color: textOf(user['color']),
    roles: rolesOf(user),
  }
  names.users.set(userId, { name, displayName: author.displayName })
  yield found(place, {
    kind: 'user',
    model: {
      userId,
      displayName: author.displayName ?? null,
      metadata: toMetadata({ source: 'slack', ...author }),
    },
  })
}

const roles = { is_owner: 'owner', is_admin: 'admin', is_restricted: 'guest' } as const

const rolesOf = (user: JsonObject): string[] =>
  Object.entries(roles).flatMap(([field, role]) => (user[field] === true ? [role] : []))
