import type { AddressInfo } from 'node:net'
import { pino, type Logger } from 'pino'
import { ConvoDbError, type DatabaseManager } from '../main/index.js'
import { postgresSourceOf } from '../main/postgres-source.js'
import { isLoopback } from './access/hosts.js'
import { keyPlaceOf, openKeyStore } from './access/key-store.js'
import { Keys } from './access/keys.js'
import { Sessions } from './access/sessions.js'
import { createApp } from './app.js'
import { Connections } from './connections.js'
import { Imports } from './imports/imports.js'
import { Ingests } from './ingest/ingests.js'
import { Metrics } from './metrics.js'
import { EventStreams } from './events/event-streams.js'
import { RunningLeases } from './leases/running-leases.js'
import { serverDefaults, type ResolvedServerOptions, type ServerOptions } from './options.js'

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:7410`. */
  readonly url: string
  /** A token that lets one browser in, once and within a quarter of an hour: `GET /login?token=`. */
  newLoginToken(): string
  /** Takes no more requests and answers those it has; the database stays open. */
  close(): Promise<void>
}

/**
 * Serves a database over HTTP. Whoever calls it needs a key (`createKey`): of the file beside the database or, on PostgreSQL, of the
 * database, which any number of servers may be before.
 *
 * @param db an open database of a file or on PostgreSQL; it stays yours to close, after the server.
 * @param options see {@link ServerOptions}; every option has a default.
 * @param logger gets a line for each request, without any text of a message. Default: none.
 * @throws INVALID_ARGUMENT (an address that others reach, without TLS), CANNOT_OPEN (the keys), UNREACHABLE, and what listening throws
 * @example
 * const server = await startServer(db, { port: 7410 })
 * closeOnSignals(db, { before: () => server.close() })
 */
export async function startServer(
  db: DatabaseManager,
  options: ServerOptions = {},
  logger: Logger = pino({ enabled: false }),
): Promise<Server> {
  const resolved = resolve(options)
  assertSafe(resolved)
  const place = keyPlaceOf(postgresSourceOf(db)?.url ?? db.path)
  const store = await openKeyStore(place, { create: false })
  const keys = await Keys.open(store, (error) => logger.error(error, 'the keys can not be read')).catch(
    async (error: unknown) => {
      await store.close()
      throw error
    },
  )
  const sessions = new Sessions()
  const leases = new RunningLeases(resolved.maxLeases)
  const metrics = new Metrics(db)
  const streams = new EventStreams(resolved.maxStreams)
  const ingests = new Ingests(db, metrics, resolved, logger)
  const imports = new Imports(db, resolved)
  const release = async (): Promise<void> => {
    keys.close()
    metrics.close()
    await store.close()
  }
  try {
    const app = await createApp({
      db,
      keys,
      sessions,
      leases,
      ingests,
      imports,
      metrics,
      streams,
      logger,
      options: resolved,
    })
    const connections = new Connections(app.server)
    await app.listen({ host: resolved.host, port: resolved.port })
    return {
      url: urlOf(app.server.address(), resolved),
      newLoginToken: () => sessions.newToken(),
      async close() {
        leases.close()
        streams.close()
        const timeMs = timeForUploads(resolved.closeTimeoutMs)
        const uploads = Promise.all([ingests.close(timeMs), imports.close(timeMs)])
        const cut = setTimeout(() => connections.cut(), resolved.closeTimeoutMs)
        await Promise.all([app.close(), uploads])
        clearTimeout(cut)
        await release()
      },
    }
  } catch (error) {
    await release()
    throw error
  }
}

/** Their answers need some of the time, too. */
const timeForUploads = (closeTimeoutMs: number): number =>
  Math.max(closeTimeoutMs / 2, closeTimeoutMs - 3_000)

function resolve(options: ServerOptions): ResolvedServerOptions {
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
  return { ...serverDefaults, ...given }
}

/** Keys that cross a network in the clear are everybody's. */
function assertSafe({ host, tlsCert, tlsKey, behindTlsProxy }: ResolvedServerOptions): void {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'tlsCert and tlsKey belong together', { field: 'tlsCert' })
  }
  if (isLoopback(host) || tlsCert !== undefined || behindTlsProxy) return
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    `host '${host}' can be reached by others: give tlsCert and tlsKey (--tls-cert, --tls-key), or say that a proxy that speaks TLS ` +
      'stands before it (--behind-tls-proxy)',
    { field: 'host' },
  )
}

function urlOf(address: AddressInfo | string | null, { host, tlsCert }: ResolvedServerOptions): string {
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host.includes(':') ? `[${host}]` : host
  return `${tlsCert === undefined ? 'http' : 'https'}://${name}:${port}`
}
