import { openDatabase } from 'convodb'
import { afterAll, beforeAll } from 'vitest'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { describeContract } from './contract.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describeContract(
  'PostgreSQL',
  async () => openDatabase(await server.createDatabase(), { readers: 2, keepHistory: true }),
  { sql: 'postgres' },
)
