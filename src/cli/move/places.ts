import { ConvoDbError, openDatabase, type DatabaseManager } from '../../main/index.js'
import { isPostgresUrl, withoutPassword } from '../../main/postgres-url.js'
import { lockPostgres } from '../../main/postgres-database.js'
import { realPath } from '../../main/real-path.js'

/** A database as it is named in a state and to people: without its password, with links followed. */
export const nameOf = async (place: string): Promise<string> =>
  isPostgresUrl(place) ? withoutPassword(place) : realPath(place)

/** Where a move keeps its state, unless it is told where: beside the one of both that is a file. */
export async function statePathOf(from: string, to: string): Promise<string> {
  if (!isPostgresUrl(from)) return `${await realPath(from)}-move`
  if (!isPostgresUrl(to)) return `${await realPath(to)}-move`
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    'Between two PostgreSQL databases --state must say in which file the move keeps how far it is',
    { field: 'state' },
  )
}

/** @throws INVALID_ARGUMENT where both are one */
export function assertAreTwo({ from, to }: { readonly from: string; readonly to: string }): void {
  if (from !== to) return
  throw new ConvoDbError('INVALID_ARGUMENT', 'from and to are the same database', { field: 'to' })
}

/** @throws INVALID_ARGUMENT where what was begun is another move */
export function assertIsFor(
  names: { readonly from: string; readonly to: string },
  begun: { readonly from: string; readonly to: string } | undefined,
  statePath: string,
): void {
  if (begun === undefined || (begun.from === names.from && begun.to === names.to)) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    `${statePath} is the state of a move from ${begun.from} to ${begun.to}; go on with that one, or give this one another file by --state`,
    { field: 'state' },
  )
}

/**
 * It may be in use: a file by its owner, which is read beside it. One of an older version is brought up to date first.
 *
 * @throws NOT_FOUND and whatever opening throws
 */
export async function openSource(from: string): Promise<DatabaseManager> {
  // At the target a damaged row would be one that was stored so.
  const options = { readOnly: true, readers: 2, verifyReads: true }
  try {
    return await openDatabase(from, options)
  } catch (error) {
    if (!(error instanceof ConvoDbError) || error.code !== 'OLDER_SCHEMA') throw error
    await (await openDatabase(from, { create: false, readers: 1 })).close()
    return openDatabase(from, options)
  }
}

/** @throws ALREADY_EXISTS where a move that begins would delete what is there and the source has not */
export async function openTarget(to: string, isBegun: boolean): Promise<DatabaseManager> {
  const db = await openDatabase(to, { readers: 1 })
  if (isBegun || (await isEmpty(db))) return db
  await db.close()
  throw new ConvoDbError(
    'ALREADY_EXISTS',
    `${await nameOf(to)} is not empty, and a move takes from the target what the source has not; give one that is new or empty`,
  )
}

/** Of the move's own; whoever has it is the only one that moves there. */
const lockKey = 7130

/**
 * Keeps a second move away while this one runs; a file is kept by whoever has it open.
 *
 * @returns what lets others
 * @throws LOCKED
 */
export async function lockTarget(to: string): Promise<() => Promise<void>> {
  if (!isPostgresUrl(to)) return () => Promise.resolve()
  const unlock = await lockPostgres(to, lockKey)
  if (unlock !== undefined) return unlock
  throw new ConvoDbError('LOCKED', `Another move to ${await nameOf(to)} is under way`)
}

async function isEmpty(db: DatabaseManager): Promise<boolean> {
  for (const kind of ['forgotten', 'model', 'channel', 'activity'] as const) {
    const { lines } = await db.execute('exportRows', { kind })
    if (lines !== '') return false
  }
  return true
}

/**
 * Takes the file for itself, so that nobody writes to it any more, once whoever had it has closed it. Nobody has a PostgreSQL database for
 * himself: its writers have to be ended first.
 *
 * @returns undefined while another process has it
 */
export async function takeOver(from: string): Promise<{ close(): Promise<void> } | undefined> {
  if (isPostgresUrl(from)) return { close: () => Promise.resolve() }
  try {
    return await openDatabase(from, { create: false, readers: 1 })
  } catch (error) {
    if (error instanceof ConvoDbError && (error.code === 'LOCKED' || error.code === 'BUSY')) return undefined
    throw error
  }
}
