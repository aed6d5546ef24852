import { openDatabase } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { clusterFaultsOf } from '../support/cluster-rules/rules.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { recordStatements } from '../support/record-statements.js'
import { describeContract } from './contract.js'

let server: TestPostgres
const statements = recordStatements()
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describeContract(
  'PostgreSQL',
  async () => openDatabase(await server.createDatabase(), { readers: 2, keepHistory: true }),
  { sql: 'postgres' },
)

it('every statement that was sent is fit for a cluster', async () => {
  expect(await clusterFaultsOf(statements.keys())).toEqual([])
  expect(statements.size).toBeGreaterThan(200)
})
