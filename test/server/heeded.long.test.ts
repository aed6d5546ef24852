import { request } from 'node:http'
import { json } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

/** As it is written: `fetch` would mend it. */
const ask = (method: string, path: string, body = ''): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(server.url)
    const headers = {
      authorization: `Bearer ${server.apiKey}`,
      ...(body !== '' && { 'content-type': 'application/json', 'content-length': body.length }),
    }
    const sent = request({ method, hostname, port, path, headers }, (response) => resolve(json(response)))
    sent.once('error', reject)
    sent.end(body)
  })
const get = (path: string): Promise<unknown> => ask('GET', path)

it.each(['%', '%zz', '%ff', 'a%20b%ff', '%ed%a0%80'])(
  'a query that is percent-encoded wrongly is refused: %s',
  async (text) => {
    expect(await get(`/v1/users:search?query=${text}`)).toMatchObject({
      status: 400,
      code: 'INVALID_ARGUMENT',
      detail: 'The query is not percent-encoded UTF-8',
    })
    expect(await get(`/v1/events?after=${text}`)).toMatchObject({ code: 'INVALID_ARGUMENT' })
  },
)

it('and one that is encoded is read, whatever it holds', async () => {
  const name = '100% 🍵?&=#/+é'
  await server.db.upsertUser({ userId: 'ada', displayName: name })
  expect(await get(`/v1/users:search?query=${encodeURIComponent(name)}`)).toMatchObject({
    items: [{ userId: 'ada' }],
  })
})

it.each([
  ['GET', '/v1/channels', '{"limit":1}', 'the body'],
  ['GET', '/v1/messages/1', '{}', 'the body'],
  ['DELETE', '/v1/messages/1', '{"messageIds":["2"]}', 'messageIds'],
  ['DELETE', '/v1/channels/general', '[1]', 'the body'],
])('%s %s takes nothing from a body: %s', async (method, path, body, field) => {
  expect(await ask(method, path, body)).toMatchObject({
    status: 400,
    code: 'INVALID_ARGUMENT',
    details: { field },
  })
})

it('a body that says nothing does no harm where something is deleted', async () => {
  expect(await ask('DELETE', '/v1/messages/none', '{}')).toMatchObject({ code: 'NOT_FOUND' })
})

it.each([
  ['/v1/operations', 'application/json', '{"operations":[]}'],
  ['/v1/ingest', 'application/x-ndjson', ''],
  ['/v1/import', 'application/octet-stream', ''],
  ['/v1/messages', 'application/json', '{}'],
])('%s is not done under a condition', async (path, type, body) => {
  for (const condition of ['if-match', 'if-none-match']) {
    const headers = { 'content-type': type, [condition]: '"a"' }
    const response = await server.fetch(path, { method: 'POST', headers, body })
    expect(await response.json()).toMatchObject({ code: 'UNSUPPORTED', details: { field: condition } })
  }
})
