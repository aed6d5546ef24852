import pg from 'pg'
import { assertPostgresUrl } from '../../protocol/assert-postgres-url.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { gatherOver, newSocket } from './gathered-writes.js'

// Its types do not tell of these (https://node-postgres.com has none of them): whether the socket keeps the process, and a statement that
// is one alone without a name or values.
declare module 'pg' {
  interface Client {
    ref(): void
    unref(): void
  }
  interface QueryConfig {
    queryMode?: 'extended'
  }
}

/** What a connection needs to know. */
export interface ConnectSettings {
  readonly url: string
  /** How long a statement may take, and how long it waits for others' locks, in milliseconds; 0: for ever. */
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  /** Whether what comes over it may search words. Default true. */
  readonly search?: boolean
  /** Whether the database is divided over a cluster's nodes. Default false. */
  readonly isDivided?: boolean
}

const withoutSearch = new WeakSet<pg.Client>()
/** How long each of those that divide their database waits for others' locks. */
const divided = new WeakMap<pg.Client, number>()
const pooled = new WeakMap<pg.Client, ConnectSettings>()

export const isSearchOn = (client: pg.Client): boolean => !withoutSearch.has(client)

/** Whether rows of several channels may be on several nodes: then they are locked channel by channel. */
export const isDivided = (client: pg.Client): boolean => divided.has(client)

/** For how long what is written waits for others' locks on the nodes of a cluster, which have no settings of ours; undefined without one. */
export const lockTimeoutOfNodes = (client: pg.Client): number | undefined => divided.get(client)

/** What each transaction over a pooler has to be given; a connection of one's own, for which this is undefined, has it from its start. */
export const settingsOfPooled = (client: pg.Client): ConnectSettings | undefined => pooled.get(client)

/**
 * Whether a URL says that a pooler is in between which gives a client another connection for each transaction (`?pooled=true`, or
 * `?pgbouncer=true` as others say): then nothing lasts longer than a transaction, neither prepared statements nor settings nor locks.
 */
function isPooled(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { searchParams } = new URL(url)
  return ['pooled', 'pgbouncer'].some((name) => /^(true|1)$/i.test(searchParams.get(name) ?? ''))
}

const oids = { int8: 20 } as const

/** Whole numbers as numbers: keys, counters and times stay far below 2^53. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === oids.int8) return Number
    return pg.types.getTypeParser(oid, format)
  },
}

/** A host that drops packets would be waited for as long as the system does: minutes. */
const connectTimeoutMs = 10_000

/**
 * As `pg` sends it: no limit at all for 0, which leaves that of the role or the database, and 0 for half a millisecond, which is no limit to
 * the server.
 */
const toLimit = (milliseconds: number): number => (milliseconds === 0 ? 0.5 : milliseconds)

// Whatever the role's or the database's is: with 0, as before PostgreSQL 12, numbers come back with other digits, and the largest as Infinity.
const showAllDigits = `SET extra_float_digits TO 1`

// With one to a node, as it comes, statements that ask several parts open some anew in each transaction.
const keepConnections = `SET citus.max_cached_conns_per_worker TO 8`

const tellNodes = `SET citus.propagate_set_commands TO 'local'`

/** Tells a connection that the database is divided over a cluster's nodes. */
export async function useCluster(client: pg.Client, { lockTimeoutMs }: ConnectSettings): Promise<void> {
  divided.set(client, lockTimeoutMs)
  if (pooled.has(client)) return
  await client.query(keepConnections)
  await client.query(tellNodes)
}

/** @throws what `pg` throws; CANNOT_OPEN where a pooler is met unexpectedly, INVALID_ARGUMENT where it is no URL */
export async function connect(settings: ConnectSettings): Promise<pg.Client> {
  assertPostgresUrl(settings.url)
  const isBehindPooler = isPooled(settings.url)
  const socket = newSocket()
  const client = new pg.Client({
    stream: () => socket,
    connectionString: settings.url,
    application_name: 'convodb',
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    // Statements that wait for no answer of one before go at once: a round trip instead of one for each.
    pipeline: true,
    // A pooler refuses them.
    ...(!isBehindPooler && {
      statement_timeout: toLimit(settings.statementTimeoutMs),
      lock_timeout: toLimit(settings.lockTimeoutMs),
    }),
    types,
  })
  // A connection that ends while nobody uses it is found out by whoever uses it next.
  client.on('error', () => undefined)
  if (settings.search === false) withoutSearch.add(client)
  if (isBehindPooler) pooled.set(client, settings)
  gatherOver(client, socket)
  await client.connect().catch((error: unknown) => {
    throw !isBehindPooler && isRefusedByPooler(error) ? wantsPooled(error) : error
  })
  if (!isBehindPooler) await client.query(showAllDigits)
  if (settings.isDivided === true) await useCluster(client, settings)
  return client
}

/** PgBouncer and its like take no settings at the start. */
const isRefusedByPooler = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && error.code === '08P01' && error.message.includes('startup parameter')

const wantsPooled = (cause: unknown): ConvoDbError =>
  new ConvoDbError(
    'CANNOT_OPEN',
    'The URL leads to a pooler of connections, such as PgBouncer: say so by ?pooled=true at its end',
    { sqlState: '08P01' },
    { cause },
  )

/** Ends a connection that nobody else uses, whether or not it is still there; whoever waits for that keeps the process. */
export async function disconnect(client: pg.Client): Promise<void> {
  client.ref()
  await client.end().catch(() => 'it is gone')
}

/** Ends a connection at once, where ending it in order would wait for what is under way. The server finds out when that is done. */
export const cut = (client: pg.Client): void => void client.connection.stream.destroy()
