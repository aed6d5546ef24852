import { begin } from './connection/begin.js'
import { connect, disconnect } from './connection/connect.js'
import { toError } from './connection/errors.js'
import { Session } from './connection/session.js'

const tryLock = `SELECT pg_try_advisory_xact_lock($1) AS taken`
// It may last for hours in which nothing is said.
const allowIdleness = `SELECT set_config('idle_in_transaction_session_timeout', '0', true)`

/**
 * Takes a lock of the database's, for as long as this process has its connection: one of a transaction that is left open, since a
 * pooler would keep one of a session when whoever took it is gone.
 *
 * @returns what gives it back; undefined where somebody else has it
 * @throws CANNOT_OPEN, UNREACHABLE
 */
export async function takeLock(url: string, key: number): Promise<(() => Promise<void>) | undefined> {
  try {
    const client = await connect({ url, statementTimeoutMs: 0, lockTimeoutMs: 0 })
    const session = new Session(client)
    await begin(client, 'write')
    await session.all(allowIdleness)
    const isTaken = (await session.get<{ taken: boolean }>(tryLock, [key]))?.taken === true
    if (isTaken) return () => disconnect(client)
    await disconnect(client)
    return undefined
  } catch (error) {
    throw toError(error)
  }
}
