import { constants, type Stats } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { ConvoDbError } from '../../main/index.js'
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

/** The keys of a database are in a file beside it, so that they can be changed while a server has the database open. */
export const keyFileOf = (databasePath: string): string => `${databasePath}-keys`

/**
 * @returns no keys where there is no file yet.
 * @throws CANNOT_OPEN when the file is none of ours, or somebody else may write to it
 */
export async function readKeys(path: string): Promise<readonly StoredKey[]> {
  const text = await readOwnFile(path)
  return text === undefined ? [] : parseKeys(text, path)
}

/** Changes the keys, one process at a time; what readers see is the old file or the new one. @throws CANNOT_OPEN, BUSY */
export async function changeKeys(
  path: string,
  change: (keys: readonly StoredKey[]) => readonly StoredKey[],
): Promise<void> {
  const draft = `${path}.new`
  const file = await openDraft(draft)
  try {
    const keys = change(await readKeys(path))
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

function isStoredKey(value: unknown): value is StoredKey {
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
