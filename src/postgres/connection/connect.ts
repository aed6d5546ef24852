import pg from 'pg'

// Its types do not tell of these (https://node-postgres.com has neither): whether the socket keeps the process.
declare module 'pg' {
  interface Client {
    ref(): void
    unref(): void
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
}

const withoutSearch = new WeakSet<pg.Client>()

export const isSearchOn = (client: pg.Client): boolean => !withoutSearch.has(client)

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

/** @throws what `pg` throws */
export async function connect(settings: ConnectSettings): Promise<pg.Client> {
  const client = new pg.Client({
    connectionString: settings.url,
    application_name: 'convodb',
    keepAlive: true,
    connectionTimeoutMillis: connectTimeoutMs,
    // Statements that wait for no answer of one before go at once: a round trip instead of one for each.
    pipeline: true,
    statement_timeout: settings.statementTimeoutMs,
    lock_timeout: settings.lockTimeoutMs,
    types,
  })
  // A connection that ends while nobody uses it is found out by whoever uses it next.
  client.on('error', () => undefined)
  if (settings.search === false) withoutSearch.add(client)
  await client.connect()
  return client
}

/** Ends a connection that nobody else uses, whether or not it is still there; whoever waits for that keeps the process. */
export async function disconnect(client: pg.Client): Promise<void> {
  client.ref()
  await client.end().catch(() => 'it is gone')
}
