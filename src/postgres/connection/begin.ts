import type pg from 'pg'
import { isDivided, settingsOfPooled } from './connect.js'

const kinds = {
  // Whatever a role's default is: what follows a lock has to see what was done while it was waited for.
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED',
  read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
} as const

const setLimits = `SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true)`
const setLimitsOfCluster = `
  SELECT set_config('statement_timeout', $1, true), set_config('lock_timeout', $2, true),
    set_config('citus.max_cached_conns_per_worker', '8', true)`

/** Begins a transaction: one that may write, or one that reads a snapshot. Its statements may be sent before this has an answer. */
export async function begin(client: pg.Client, kind: keyof typeof kinds): Promise<void> {
  const pooled = settingsOfPooled(client)
  const begun = client.query(kinds[kind])
  if (pooled === undefined) await begun
  else
    await Promise.all([
      begun,
      client.query(isDivided(client) ? setLimitsOfCluster : setLimits, [
        String(pooled.statementTimeoutMs),
        String(pooled.lockTimeoutMs),
      ]),
    ])
}
