import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, temporaryFolder } from '../support/databases.js'
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
  ['GET', '/v1/stats'],
  ['GET', '/v1/backup'],
  ['POST', '/v1/verify'],
  ['POST', '/v1/operations'],
  ['POST', '/v1/leases'],
  ['POST', '/v1/leases/none/commit'],
])('%s %s refuses a field of the query, as every door does that takes none', async (method, path) => {
  const response =
    method === 'POST' ? await post(`${path}?detail=1`, {}) : await server.fetch(`${path}?detail=1`)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'INVALID_ARGUMENT', details: { field: 'detail' } })
})

it('a backup whose client has gone leaves nothing in the folder for temporary files', async () => {
  const temporary = await temporaryFolder()
  const small = await startTestServer({ temporaryFolder: temporary })
  // They go at different points of it.
  for (let round = 0; round < 40; round += 1) {
    const stop = new AbortController()
    const asked = small.fetch('/v1/backup', { signal: stop.signal }).catch((error: unknown) => error)
    await expect.poll(() => readdir(temporary), { interval: 1 }).not.toEqual([])
    await new Promise((resolve) => setTimeout(resolve, round * 2))
    stop.abort()
    await asked
    await expect.poll(() => readdir(temporary), { interval: 5, timeout: 10_000 }).toEqual([])
  }
  await small.close()
  expect(await readdir(temporary)).toEqual([])
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
