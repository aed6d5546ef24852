import { openDatabase } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { standInForCitus } from '../support/citus-stand-in.js'
import { clusterFaultsOf } from '../support/cluster-rules/rules.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { recordStatements } from '../support/record-statements.js'
import { describeContract } from './contract.js'

/** What is said to a cluster, on a server of one's own: the answers are the same. */
let server: TestPostgres
const statements = recordStatements()
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

describeContract(
  'PostgreSQL, as a cluster is asked',
  async () => {
    const url = await server.createDatabase()
    await standInForCitus(url)
    return openDatabase(url, { readers: 2, keepHistory: true })
  },
  { sql: 'postgres' },
)

it('every statement that a cluster gets is fit for it', async () => {
  expect(await clusterFaultsOf(statements.keys())).toEqual([])
  expect(statements.size).toBeGreaterThan(200)
  expect([...statements.keys()].filter((sql) => sql.includes('/* one server */'))).toEqual([])
})
