import { connect } from 'convodb'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startBalancer, type Balancer } from '../support/balancer.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { describeContract } from './contract.js'

const options = { maxBodyBytes: 512 * 1024 * 1024, maxRequestsPerSecond: 0 }
let postgres: TestPostgres
let servers: TestServer[] = []
let balancer: Balancer
beforeAll(async () => {
  postgres = await startPostgres()
  const url = await postgres.createDatabase()
  servers = [await startTestServer(options, url), await startTestServer(options, url)]
  balancer = await startBalancer(servers.map((server) => server.url))
})
afterAll(async () => {
  await balancer.close()
  await Promise.all(servers.map((server) => server.close()))
  await postgres.stop()
})

// Its key was made by one of the two, and every request goes to the other one than the last did.
describeContract(
  'HTTP executor before two servers on one PostgreSQL database',
  async () => connect(balancer.url, { apiKey: servers[0]?.apiKey ?? '' }),
  { sql: 'postgres', servers: 2 },
)

it('both servers have answered', () => {
  expect(Math.min(...balancer.requests)).toBeGreaterThan(1_000)
})
