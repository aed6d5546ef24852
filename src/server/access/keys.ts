import { ConvoDbError } from '../../main/index.js'
import type { Caller } from './caller.js'
import type { KeyStore } from './key-store.js'
import { isSecretOf, parseKey } from './key-text.js'
import { SealedCursors } from './sealed-cursors.js'
import type { StoredKey } from './stored-key.js'

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
/** For so long what was known last is heeded where nobody can tell what is: without their database there is little to be had by keys. */
const staleAfterMs = 60_000

/** The keys of a running server, which heeds a change of them within a second. */
export class Keys {
  readonly #store: KeyStore
  #keys: ReadonlyMap<string, KnownKey> = new Map()
  #version = ''
  #readAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #looking: Promise<void> | undefined
  readonly #onFault: (error: unknown) => void

  private constructor(store: KeyStore, onFault: (error: unknown) => void) {
    this.#store = store
    this.#onFault = onFault
  }

  /**
   * @param store yours to close.
   * @param onFault told of keys that became unreadable: nobody has one then.
   * @throws CANNOT_OPEN, UNREACHABLE
   */
  static async open(store: KeyStore, onFault: (error: unknown) => void): Promise<Keys> {
    const keys = new Keys(store, onFault)
    await keys.#read()
    keys.#lookLater()
    return keys
  }

  /**
   * Who has that key, if anybody. For one that is not known it is looked: it may have been made just now.
   *
   * @throws UNREACHABLE where that can not be told now
   */
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
      void this.#look()
        .catch(() => 'whoever comes with a key is told')
        .then(() => {
          if (this.#timer !== undefined) this.#lookLater()
        })
    }, lookEveryMs)
    this.#timer.unref()
  }

  async #look(): Promise<void> {
    try {
      await this.#read()
    } catch (error) {
      const isPassing = error instanceof ConvoDbError && error.retryable
      if (!isPassing || performance.now() - this.#readAtMs > staleAfterMs) {
        if (this.#keys.size > 0) this.#onFault(error)
        this.#keys = new Map()
        this.#version = ''
      }
      if (isPassing) throw error
    }
  }

  async #read(): Promise<void> {
    const version = await this.#store.version()
    this.#readAtMs = performance.now()
    if (version === this.#version) return
    const keys = await this.#store.list()
    this.#keys = new Map(keys.map((key) => [key.keyId, toKnown(key)]))
    this.#version = version
  }
}
