import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { connect, cut, disconnect, type ConnectSettings } from '../connection/connect.js'
import { Session } from '../connection/session.js'
import { directionIndexes } from '../schema/direction-indexes.js'

// Building and dropping beside others keeps this lock on the table from beginning to end, over all of its transactions; vacuuming has it, too.
// So who holds it or waits for it is waited for, and an index that is not valid without one was left by who died over it.
const selectBuilders = `
  SELECT count(*) AS count FROM pg_locks
  WHERE locktype = 'relation' AND relation = to_regclass($1::text) AND mode = 'ShareUpdateExclusiveLock'
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
const selectState = `
  SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass($2::text) AND attname = 'direction' AND NOT attisdropped)
      AS "hasColumn",
    to_regclass($1::text) IS NOT NULL AS "isThere",
    coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass($1::text)), false) AS "isValid"`

interface State {
  /** It goes with the extension. */
  readonly hasColumn: boolean
  readonly isThere: boolean
  readonly isValid: boolean
}

export interface BuildOptions {
  readonly signal: AbortSignal
  /** While another process is at it. */
  readonly pause: () => Promise<void>
}

/**
 * Builds the indexes of what pgvector has not, beside those who write, or waits until another process has. It may take as long as the longest
 * transaction that is under way, which is waited for. When it is given up, the server goes on by itself.
 */
export async function buildDirectionIndexes(
  settings: ConnectSettings,
  { signal, pause }: BuildOptions,
): Promise<void> {
  const client = await connect({ ...settings, lockTimeoutMs: 0 })
  client.unref()
  const giveUp = (): void => cut(client)
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    for (const { name, table, build, drop } of directionIndexes) {
      while (!signal.aborted) {
        const state = await stateOf(client, name, table)
        if (state === 'elsewhere') await pause()
        else if (!state.hasColumn || state.isValid) break
        else await client.query(state.isThere ? drop : build)
      }
    }
  } finally {
    signal.removeEventListener('abort', giveUp)
    await disconnect(client)
  }
}

/** Who builds is looked for first: what is built meanwhile is valid then, and is not taken for what somebody has left. */
async function stateOf(client: pg.Client, name: string, table: string): Promise<State | 'elsewhere'> {
  const session = new Session(client)
  await begin(client, 'write')
  try {
    const builders = await session.get<{ count: number }>(selectBuilders, [table])
    const state = await session.get<State>(selectState, [name, table])
    return state === undefined || builders?.count !== 0 ? 'elsewhere' : state
  } finally {
    await client.query('COMMIT')
  }
}
