import { ConvoDbError } from '../../main/index.js'
import type { Scope } from './caller.js'
import { withKeyStore } from './key-store.js'
import { digestOf, formatKey, newKeyText } from './key-text.js'
import { areChannels, type StoredKey } from './stored-key.js'

export interface NewKey {
  readonly scope: Scope
  /** Ids of the channels that it is for, which need not be there yet; no key of scope `admin` has any. Default: all. */
  readonly channels?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly expiresAt?: Date | undefined
}

/** Its id, and the key, which nobody can tell again. */
export interface MadeKey {
  readonly keyId: string
  readonly key: string
}

/**
 * Makes a key and keeps its digest. On PostgreSQL the database becomes a ConvoDB where it is none yet.
 *
 * @param place as `keyPlaceOf` tells
 * @returns its id, and the key, which nobody can tell again
 * @throws INVALID_ARGUMENT (channels of an admin's key, none, or what is no id), CANNOT_OPEN, BUSY, UNREACHABLE
 * @example const { key } = await createKey(keyPlaceOf('chat.db'), { scope: 'read' })
 */
export async function createKey(place: string, newKey: NewKey): Promise<MadeKey> {
  const { stored, made } = makeKey(newKey)
  await withKeyStore(place, { create: true }, (store) => store.add(stored))
  return made
}

/** Makes one only where there is none yet, however many try at once; undefined where there is. @throws as `createKey` does */
export async function createFirstKey(place: string, newKey: NewKey): Promise<MadeKey | undefined> {
  const { stored, made } = makeKey(newKey)
  const isFirst = await withKeyStore(place, { create: true }, (store) => store.addFirst(stored))
  return isFirst ? made : undefined
}

/** @throws NOT_FOUND when there is no such key */
export async function revokeKey(place: string, keyId: string): Promise<void> {
  const wasThere = await withKeyStore(place, { create: false }, (store) => store.delete(keyId))
  if (!wasThere) throw new ConvoDbError('NOT_FOUND', `There is no key '${keyId}'`, { keyId })
}

/** All of them, of which none can be told again; none where there is no place for them yet. @throws CANNOT_OPEN, UNREACHABLE */
export const readKeys = (place: string): Promise<readonly StoredKey[]> =>
  withKeyStore(place, { create: false }, (store) => store.list())

function makeKey({ scope, channels, name, expiresAt }: NewKey): { stored: StoredKey; made: MadeKey } {
  const kept = channels === undefined ? null : [...new Set(channels)]
  if (!areChannels(scope, kept)) throw wrongChannels(scope)
  const text = newKeyText()
  const stored: StoredKey = {
    keyId: text.keyId,
    digest: digestOf(text.secret),
    scope,
    channels: kept,
    name: name ?? null,
    createdAt: new Date().toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
  }
  return { stored, made: { keyId: text.keyId, key: formatKey(text) } }
}

const wrongChannels = (scope: Scope): ConvoDbError =>
  new ConvoDbError(
    'INVALID_ARGUMENT',
    scope === 'admin'
      ? 'channels: a key of scope admin is for all of them; take another scope'
      : 'channels must be one or more ids of channels',
    { field: 'channels' },
  )
