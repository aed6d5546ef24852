import { begin } from './connection/begin.js'
import { connect, disconnect, settingsOfPooled } from './connection/connect.js'
import { toError } from './connection/errors.js'
import { Session } from './connection/session.js'

const tryLock = `SELECT pg_try_advisory_lock($1) AS taken`
const tryLockOfTransaction = `SELECT pg_try_advisory_xact_lock($1) AS taken`
// It may last for hours in which nothing is said.
const allowIdleness = `SELECT set_config('idle_in_transaction_session_timeout', '0', true)`

/**
 * Takes a lock of the database's, for as long as this process has its connection; over a pooler, where a connection lasts as long as a
 * transaction, one is left open.
 *
 * @returns what gives it back; undefined where somebody else has it
 * @throws CANNOT_OPEN, UNREACHABLE
 */
export async function takeLock(url: string, key: number): Promise<(() => Promise<void>) | undefined> {
  try {
    const client = await connect({ url, statementTimeoutMs: 0, lockTimeoutMs: 0 })
    const session = new Session(client)
    const isPooled = settingsOfPooled(client) !== undefined
    if (isPooled) {
      await begin(client, 'write')
      await session.all(allowIdleness)
    }
    const sql = isPooled ? tryLockOfTransaction : tryLock
    const isTaken = (await session.get<{ taken: boolean }>(sql, [key]))?.taken === true
    if (isTaken) return () => disconnect(client)
    await disconnect(client)
    return undefined
  } catch (error) {
    throw toError(error)
  }
}
