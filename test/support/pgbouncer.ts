import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { vi } from 'vitest'
import { freePort } from './free-port.js'

const run = promisify(execFile)

/** Debian has it among the programs of root. */
const env = { ...process.env, PATH: `${process.env['PATH']}:/usr/sbin` }
export const hasPgbouncer = await run('pgbouncer', ['--version'], { env }).then(
  () => true,
  () => false,
)

/** It refuses to run as root. */
const nobody = 65_534
const owner = process.getuid?.() === 0 ? { uid: nobody, gid: nobody } : undefined

export interface TestPooler {
  /** A database of the server's, reached through the pooler. */
  urlOf(database: string): string
  stop(): Promise<void>
}

/**
 * Starts a pooler before a server on loopback: each transaction gets another connection than the one before it.
 *
 * @param poolSize connections to a database, at most
 */
export async function startPgbouncer(serverPort: number, poolSize = 20): Promise<TestPooler> {
  const folder = await mkdtemp(join(tmpdir(), 'convodb-pgbouncer-'))
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(
    file,
    `[databases]
* = host=127.0.0.1 port=${serverPort} user=postgres password=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
server_round_robin = 1
default_pool_size = ${poolSize}
; Tests have a database each, and the server has no more than a hundred connections.
server_idle_timeout = 1
server_login_retry = 1
`,
  )
  if (owner !== undefined) for (const path of [folder, file]) await chown(path, owner.uid, owner.gid)
  const pooler = spawn('pgbouncer', [file], { ...owner, env, stdio: 'ignore' })
  const ended = once(pooler, 'exit')
  const urlOf = (database: string): string => `postgres://anybody@127.0.0.1:${port}/${database}?pooled=true`
  await vi.waitFor(
    async () => {
      const client = new pg.Client({ connectionString: urlOf('postgres') })
      await client.connect()
      await client.query('SELECT 1')
      await client.end()
    },
    { timeout: 30_000, interval: 100 },
  )
  return {
    urlOf,
    async stop() {
      pooler.kill('SIGTERM')
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
