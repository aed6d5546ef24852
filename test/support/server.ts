import { connect, openDatabase, type ConnectToServerOptions, type DatabaseManager } from 'convodb'
import {
  createKey,
  keyPlaceOf,
  startServer,
  type NewKey,
  type Server,
  type ServerOptions,
} from 'convodb/server'

/** A database, a server before it and an admin's key. */
export interface TestServer {
  readonly db: DatabaseManager
  readonly server: Server
  readonly url: string
  readonly apiKey: string
  newKey(key: NewKey): Promise<string>
  connect(options?: Partial<ConnectToServerOptions>): DatabaseManager
  /** As whoever has the admin's key, unless `init` says otherwise. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  close(): Promise<void>
}

export async function startTestServer(options: ServerOptions = {}, path = ':memory:'): Promise<TestServer> {
  const db = await openDatabase(path, { readers: 1, keepHistory: true })
  // A PostgreSQL database's path is without its password.
  const place = keyPlaceOf(path.startsWith('postgres:') ? path : db.path)
  const newKey = async (key: NewKey): Promise<string> => (await createKey(place, key)).key
  const apiKey = await newKey({ scope: 'admin' })
  const server = await startServer(db, { port: 0, ...options })
  return {
    db,
    server,
    url: server.url,
    apiKey,
    newKey,
    connect: (connectOptions = {}) => connect(server.url, { apiKey, ...connectOptions }),
    fetch: (url, { headers, ...init } = {}) =>
      fetch(new URL(url, server.url), {
        ...init,
        headers: { authorization: `Bearer ${apiKey}`, ...Object.fromEntries(new Headers(headers)) },
      }),
    async close() {
      await server.close()
      await db.close()
    },
  }
}

/** Closes both when `work` is done; a server that is closed by then stays so. */
export async function withTestServer(
  options: ServerOptions,
  work: (server: TestServer) => Promise<void>,
): Promise<void> {
  const server = await startTestServer(options)
  await work(server)
  await server.close()
}
