import { constants, type Stats } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { ConvoDbError } from '../../main/index.js'
import type { KeyStore } from './key-store.js'
import { isStoredKey, type StoredKey } from './stored-key.js'

/** The keys in a file, which is never changed but by renaming. */
export class FileKeys implements KeyStore {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  list(): Promise<readonly StoredKey[]> {
    return readKeys(this.#path)
  }

  async add(key: StoredKey): Promise<void> {
    await changeKeys(this.#path, (keys) => [...keys, key])
  }

  async addFirst(key: StoredKey): Promise<boolean> {
    let isFirst = false
    await changeKeys(this.#path, (keys) => {
      isFirst = keys.length === 0
      return isFirst ? [key] : undefined
    })
    return isFirst
  }

  async delete(keyId: string): Promise<boolean> {
    let isThere = false
    await changeKeys(this.#path, (keys) => {
      const rest = keys.filter((key) => key.keyId !== keyId)
      isThere = rest.length < keys.length
      return isThere ? rest : undefined
    })
    return isThere
  }

  /** Another file, or another content of it, is another version. */
  async version(): Promise<string> {
    try {
      const { ino, mtimeNs, size } = await stat(this.#path, { bigint: true })
      return `${ino} ${mtimeNs} ${size}`
    } catch {
      return 'none'
    }
  }

  async close(): Promise<void> {
    // Nothing is kept open.
  }
}

/**
 * @returns no keys where there is no file yet.
 * @throws CANNOT_OPEN when the file is none of ours, or somebody else may write to it
 */
async function readKeys(path: string): Promise<readonly StoredKey[]> {
  const text = await readOwnFile(path)
  return text === undefined ? [] : parseKeys(text, path)
}

/**
 * Changes the keys, one process at a time; what readers see is the old file or the new one.
 *
 * @param change gives the keys that are to be there, or undefined where they are to stay.
 * @throws CANNOT_OPEN, BUSY
 */
async function changeKeys(
  path: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[] | undefined,
): Promise<void> {
  const draft = `${path}.new`
  const file = await openDraft(draft)
  try {
    const keys = change(await readKeys(path))
    if (keys === undefined) return await rm(draft)
    await file.writeFile(`${JSON.stringify({ keys }, undefined, 2)}\n`)
    await file.sync()
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

const patienceMs = 5_000
const pauseMs = 20

/** Whoever makes the draft is the one who writes: `O_EXCL` makes no second one, and follows no link that was put there. */
async function openDraft(draft: string) {
  const endMs = performance.now() + patienceMs
  for (;;) {
    try {
      return await open(draft, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw cannotOpen(draft, error)
      if (performance.now() > endMs) {
        throw new ConvoDbError(
          'BUSY',
          `${draft} is there: another command is changing the keys, or was killed; remove it then`,
        )
      }
      await delay(pauseMs)
    }
  }
}

/** What is looked at is what is read: by its descriptor, following no link and waiting for no pipe. */
async function readOwnFile(path: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
  try {
    const file = await open(path, flags)
    try {
      assertOurs(path, await file.stat())
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error instanceof ConvoDbError ? error : cannotOpen(path, error)
  }
}

/** @throws CANNOT_OPEN */
function assertOurs(path: string, found: Stats): void {
  if (!found.isFile() || (process.getuid !== undefined && found.uid !== process.getuid())) {
    throw new ConvoDbError('CANNOT_OPEN', `${path} is no file of this user's`)
  }
  if ((found.mode & 0o077) !== 0 && process.platform !== 'win32') {
    throw new ConvoDbError('CANNOT_OPEN', `${path} may be read by other users; chmod 600 it`)
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined

const cannotOpen = (path: string, cause: unknown): ConvoDbError =>
  new ConvoDbError(
    'CANNOT_OPEN',
    `${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    {},
    { cause },
  )

function parseKeys(text: string, path: string): readonly StoredKey[] {
  try {
    const { keys } = JSON.parse(text)
    if (Array.isArray(keys) && keys.every(isStoredKey)) return keys
  } catch {
    // Told of below, like all else that is no file of keys.
  }
  throw new ConvoDbError('CANNOT_OPEN', `${path} holds no keys; restore it, or remove it and make new ones`)
}
