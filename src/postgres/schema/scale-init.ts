import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { connect, disconnect } from '../connection/connect.js'
import { toOpeningError } from '../connection/errors.js'
import { addDirections } from './add-directions.js'
import { distribute, dropLocalCopies, hasCitus, readShape, type ClusterShape } from './distribute.js'
import { isMigrated, migrate } from './migrate.js'
import { contentTables } from './tables.js'

const selectAvailable = `SELECT 1 FROM pg_catalog.pg_available_extensions WHERE name = 'citus'`
// Nobody migrates or writes meanwhile.
const waitForAll = `SELECT pg_advisory_xact_lock(7100), pg_advisory_xact_lock(7101)`

export interface ScaleInitOptions {
  /** Into how many parts channels are divided; default what `citus.shard_count` says. */
  readonly shards?: number | undefined
}

export interface ScaleInitReport {
  /** Whether there were no tables before. */
  readonly isNew: boolean
  /** Whether this database has the extension Citus, could have it, or the server knows none. */
  readonly citus: 'used' | 'available' | 'missing'
  /** The tables that were divided now. */
  readonly divided: readonly string[]
  /** How it is divided; undefined where it is all in one place. */
  readonly cluster: ClusterShape | undefined
}

/**
 * Makes the tables, or brings them up to date, and divides them by channel where the database is a coordinator's. What is done already stays
 * as it is. Where there are messages they are copied to the nodes, in one transaction, while all who write wait.
 *
 * @throws CANNOT_OPEN, UNREACHABLE, NEWER_SCHEMA; UNSUPPORTED where Citus refuses
 */
export async function initializeScale(url: string, { shards }: ScaleInitOptions): Promise<ScaleInitReport> {
  let client: pg.Client | undefined
  try {
    client = await connect({ url, statementTimeoutMs: 0, lockTimeoutMs: 0 })
    const isNew = !(await isMigrated(client))
    await migrate(client, { create: true, readOnly: false, shards })
    const divided = (await hasCitus(client)) ? await divideAll(client, shards) : []
    await addDirections(client)
    const isDividedNow = isNew && (await readShape(client)) !== undefined
    return {
      isNew,
      citus: await stateOfCitus(client),
      divided: isDividedNow ? contentTables : divided,
      cluster: await readShape(client),
    }
  } catch (error) {
    throw toOpeningError(error)
  } finally {
    if (client !== undefined) await disconnect(client)
  }
}

async function divideAll(client: pg.Client, shards: number | undefined): Promise<string[]> {
  await begin(client, 'write')
  let divided: string[]
  try {
    await client.query(waitForAll)
    divided = await distribute(client, shards)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
  await dropLocalCopies(client)
  for (const name of divided) await client.query(`ANALYZE ${name}`)
  return divided
}

async function stateOfCitus(client: pg.Client): Promise<ScaleInitReport['citus']> {
  if (await hasCitus(client)) return 'used'
  const { rows } = await client.query(selectAvailable)
  return rows.length > 0 ? 'available' : 'missing'
}
