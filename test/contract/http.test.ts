import { afterAll, beforeAll } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.js'
import { describeContract } from './contract.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ maxBodyBytes: 512 * 1024 * 1024, maxRequestsPerSecond: 0 })
})
afterAll(() => server.close())

describeContract('HTTP', async () => server.connect())
