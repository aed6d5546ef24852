import { openDatabase } from 'convodb'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { hasDebianPostgres, startDebianPostgres } from '../support/debian-postgres.js'
import { describeContract } from './contract.js'

let server: Awaited<ReturnType<typeof startDebianPostgres>>

describe.runIf(hasDebianPostgres)('the oldest PostgreSQL that will do', () => {
  beforeAll(async () => {
    server = await startDebianPostgres()
  })
  afterAll(() => server.stop())
  describeContract('PostgreSQL 15', async () => openDatabase(server.url, { readers: 2, keepHistory: true }), {
    sql: 'postgres',
  })
})

it.skipIf(hasDebianPostgres)('needs Debian’s package postgresql-15', () => undefined)
