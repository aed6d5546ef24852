import { connect, disconnect } from './connection/connect.js'
import { toError } from './connection/errors.js'
import { Session } from './connection/session.js'

const tryLock = `SELECT pg_try_advisory_lock($1) AS taken`

/**
 * Takes a lock of the database's, for as long as this process has its connection.
 *
 * @returns what gives it back; undefined where somebody else has it
 * @throws CANNOT_OPEN, UNREACHABLE
 */
export async function takeLock(url: string, key: number): Promise<(() => Promise<void>) | undefined> {
  try {
    const client = await connect({ url, statementTimeoutMs: 0, lockTimeoutMs: 0 })
    const isTaken = (await new Session(client).get<{ taken: boolean }>(tryLock, [key]))?.taken === true
    if (isTaken) return () => disconnect(client)
    await disconnect(client)
    return undefined
  } catch (error) {
    throw toError(error)
  }
}
