import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { hasPgbouncer, startPgbouncer, type TestPooler } from '../support/pgbouncer.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { describeContract } from './contract.js'

let server: TestPostgres
let pooler: TestPooler

describe.runIf(hasPgbouncer)('behind a pooler of transactions', () => {
  beforeAll(async () => {
    server = await startPostgres()
    pooler = await startPgbouncer(server.port)
  })
  afterAll(async () => {
    await pooler.stop()
    await server.stop()
  })
  describeContract(
    'PostgreSQL by PgBouncer',
    async () => {
      const { pathname } = new URL(await server.createDatabase())
      return openDatabase(pooler.urlOf(pathname.slice(1)), { readers: 2, keepHistory: true })
    },
    { sql: 'postgres' },
  )
})

it.skipIf(hasPgbouncer)('needs Debian’s package pgbouncer', () => undefined)
