import type pg from 'pg'
import { isDivided, lockTimeoutOfNodes, settingsOfPooled } from './connect.js'
import { gatherWrites } from './gathered-writes.js'

const kinds = {
  // Whatever a role's default is: what follows a lock has to see what was done while it was waited for.
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
} as const

// And all digits of a number (connect.ts).
const setLimits = `
  SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true), set_config('extra_float_digits', '1', true)`
// What every connection to a cluster is told (connect.ts), for one transaction.
const useCluster = `
  SELECT set_config('citus.max_cached_conns_per_worker', '8', true), set_config('citus.propagate_set_commands', 'local', true)`

/** Begins a transaction: one that may write, or one that reads a snapshot. Its statements may be sent before this has an answer. */
export async function begin(client: pg.Client, kind: keyof typeof kinds): Promise<void> {
  gatherWrites(client)
  const sent: Promise<unknown>[] = [client.query(kinds[kind])]
  const pooled = settingsOfPooled(client)
  if (pooled !== undefined)
    sent.push(
      client.query(setLimits, [String(pooled.statementTimeoutMs), String(pooled.lockTimeoutMs)]),
      ...(isDivided(client) ? [client.query(useCluster)] : []),
    )
  // Such a command, and nothing else, is told to each node that takes part.
  const lockTimeoutMs = kind === 'write' ? lockTimeoutOfNodes(client) : undefined
  if (lockTimeoutMs !== undefined)
    sent.push(client.query(`SET LOCAL lock_timeout TO ${Math.ceil(lockTimeoutMs)}`))
  await Promise.all(sent)
}
