import { maxIdLength } from '../../protocol/limits.js'
import { scopes, type Scope } from './caller.js'

/** What is kept of a key: never the key itself. */
export interface StoredKey {
  readonly keyId: string
  readonly digest: string
  readonly scope: Scope
  /** Null where it is for all channels. */
  readonly channels: readonly string[] | null
  readonly name: string | null
  readonly createdAt: string
  readonly expiresAt: string | null
}

export function isStoredKey(value: unknown): value is StoredKey {
  if (typeof value !== 'object' || value === null) return false
  const { keyId, digest, scope, channels, name, createdAt, expiresAt } = { ...emptyKey, ...value }
  const isText = [keyId, digest, createdAt].every((text) => typeof text === 'string')
  const areTextsOrNull = [name, expiresAt].every((text) => text === null || typeof text === 'string')
  const isScope = scopes.some((known) => known === scope)
  return isText && areTextsOrNull && isScope && areChannels(scope, channels)
}

/** What a key is for has to be said: a list that was lost would open all channels. */
export const areChannels = (scope: unknown, channels: unknown): channels is readonly string[] | null =>
  channels === null ||
  (scope !== 'admin' && Array.isArray(channels) && channels.length > 0 && channels.every(isChannelId))

const isChannelId = (id: unknown): boolean =>
  typeof id === 'string' && id.length > 0 && id.length <= maxIdLength && id.isWellFormed()

const emptyKey: { readonly [Field in keyof StoredKey]: unknown } = {
  keyId: undefined,
  digest: undefined,
  scope: undefined,
  channels: undefined,
  name: undefined,
  createdAt: undefined,
  expiresAt: undefined,
}
