import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const post = (path: string, body: object): Promise<Response> =>
  server.fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

describe('what is done to the file as a whole drops nothing that it is asked', () => {
  it('POST /v1/leases', async () => {
    const response = await post('/v1/leases', { mode: 'write', idleTimeout: 5 })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'INVALID_ARGUMENT',
      details: { field: 'idleTimeout' },
    })
  })

  it('POST /v1/verify', async () => {
    const response = await post('/v1/verify', { maxProblem: 5 })
    expect(await response.json()).toMatchObject({
      error: { code: 'INVALID_ARGUMENT', details: { field: 'maxProblem' } },
    })
  })
})

it.each([
  ['{"maxProblems":0}', 'maxProblems'],
  ['{"onProgress":1}', 'onProgress'],
  ['{"depth":1}', 'depth'],
  ['null', 'options'],
])('verify(%s) is refused over HTTP as in the process', async (options, field) => {
  const client = server.connect()
  for (const db of [server.db, client])
    await expectError(db.verify(JSON.parse(options)), 'INVALID_ARGUMENT', { field })
  await client.close()
})
