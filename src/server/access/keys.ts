import { stat } from 'node:fs/promises'
import { ConvoDbError } from '../../main/index.js'
import type { Caller, Scope } from './caller.js'
import { areChannels, changeKeys, readKeys, type StoredKey } from './key-file.js'
import { digestOf, formatKey, isSecretOf, newKeyText, parseKey } from './key-text.js'
import { SealedCursors } from './sealed-cursors.js'

export interface NewKey {
  readonly scope: Scope
  /** Ids of the channels that it is for, which need not be there yet; no key of scope `admin` has any. Default: all. */
  readonly channels?: readonly string[] | undefined
  readonly name?: string | undefined
  readonly expiresAt?: Date | undefined
}

/**
 * Makes a key and keeps its digest.
 *
 * @returns its id, and the key, which nobody can tell again
 * @throws INVALID_ARGUMENT (channels of an admin's key, none, or what is no id), CANNOT_OPEN, BUSY
 */
export async function createKey(
  path: string,
  { scope, channels, name, expiresAt }: NewKey,
): Promise<{ readonly keyId: string; readonly key: string }> {
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
  await changeKeys(path, (keys) => [...keys, stored])
  return { keyId: text.keyId, key: formatKey(text) }
}

const wrongChannels = (scope: Scope): ConvoDbError =>
  new ConvoDbError(
    'INVALID_ARGUMENT',
    scope === 'admin'
      ? 'channels: a key of scope admin is for all of them; take another scope'
      : 'channels must be one or more ids of channels',
    { field: 'channels' },
  )

/** @throws NOT_FOUND when there is no such key */
export async function revokeKey(path: string, keyId: string): Promise<void> {
  await changeKeys(path, (keys) => {
    const rest = keys.filter((key) => key.keyId !== keyId)
    if (rest.length === keys.length)
      throw new ConvoDbError('NOT_FOUND', `There is no key '${keyId}'`, { keyId })
    return rest
  })
}

interface KnownKey {
  readonly digest: Uint8Array
  readonly expiresAtMs: number
  readonly caller: Caller
}

const toKnown = (stored: StoredKey): KnownKey => {
  const { keyId, scope, channels, digest, expiresAt } = stored
  const held = channels && { channels: new Set(channels), cursors: new SealedCursors(digest) }
  return {
    digest: Buffer.from(digest, 'hex'),
    expiresAtMs: expiresAt === null ? Infinity : Date.parse(expiresAt),
    caller: { keyId, scope, held },
  }
}

const lookEveryMs = 250

/** The keys of a running server, which heeds a change of their file within a second. */
export class Keys {
  readonly #path: string
  #keys: ReadonlyMap<string, KnownKey> = new Map()
  #version = ''
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  readonly #onFault: (error: unknown) => void

  private constructor(path: string, onFault: (error: unknown) => void) {
    this.#path = path
    this.#onFault = onFault
  }

  /**
   * @param onFault told of a file that became unreadable: nobody has a key then.
   * @throws CANNOT_OPEN
   */
  static async open(path: string, onFault: (error: unknown) => void): Promise<Keys> {
    const keys = new Keys(path, onFault)
    await keys.#read()
    keys.#lookLater()
    return keys
  }

  /** Who has that key, if anybody. For one that is not known the file is looked at: it may have been made just now. */
  find(text: string): Caller | undefined | Promise<Caller | undefined> {
    const known = this.#findKnown(text)
    if (known !== undefined || parseKey(text) === undefined) return known
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined))
    return this.#looking.then(() => this.#findKnown(text))
  }

  /** Whether a key that was let in is still good: not revoked, nor expired. */
  isStillGood(text: string): boolean {
    return this.#findKnown(text) !== undefined
  }

  #findKnown(text: string): Caller | undefined {
    const parsed = parseKey(text)
    const known = parsed && this.#keys.get(parsed.keyId)
    if (parsed === undefined || known === undefined) return undefined
    const isGood = isSecretOf(known.digest, parsed.secret) && known.expiresAtMs > Date.now()
    return isGood ? known.caller : undefined
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => {
      void this.#look().then(() => {
        if (this.#timer !== undefined) this.#lookLater()
      })
    }, lookEveryMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    try {
      await this.#read()
    } catch (error) {
      if (this.#keys.size > 0) this.#onFault(error)
      this.#keys = new Map()
      this.#version = ''
    }
  }

  async #read(): Promise<void> {
    const version = await versionOf(this.#path)
    if (version === this.#version) return
    const keys = await readKeys(this.#path)
    this.#keys = new Map(keys.map((key) => [key.keyId, toKnown(key)]))
    this.#version = version
  }
}

/** Another file, or another content of it, is another version: it is never changed but by renaming. */
async function versionOf(path: string): Promise<string> {
  try {
    const { ino, mtimeNs, size } = await stat(path, { bigint: true })
    return `${ino} ${mtimeNs} ${size}`
  } catch {
    return 'none'
  }
}
