import { connect as connectSocket, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ requestTimeoutMs: 1_000 })
})
afterAll(() => server.close())

/** Sends a request as it is, and gives what has come by now. */
function send(request: string): { socket: Socket; told: () => string } {
  const { hostname, port } = new URL(server.url)
  const socket = connectSocket(Number(port), hostname)
  let text = ''
  socket.on('data', (piece) => (text += String(piece)))
  const [line = '', ...rest] = request.split('\n')
  const head = [line, `Host: ${hostname}`, `Authorization: Bearer ${server.apiKey}`, ...rest]
  socket.write(head.join('\r\n'))
  return { socket, told: () => text }
}

/** Resolves when a body that began to come now would have been too late. */
async function passTimeout(line: string): Promise<void> {
  const { socket, told } = send(`${line} HTTP/1.1\nContent-Type: application/json\nContent-Length: 9\n\n{`)
  await expect.poll(told, { timeout: 10_000 }).toMatch('HTTP/1.1 408')
  socket.destroy()
}

it.each([
  ['an empty body', 'Content-Length: 0\n\n'],
  ['a body that nobody reads', 'Content-Length: 2\n\n{}'],
  ['a body in chunks that nobody reads', 'Transfer-Encoding: chunked\n\n2\n{}\n0\n\n'],
])('a stream whose request has %s goes on for as long as it likes', async (_, rest) => {
  const { socket, told } = send(`GET /v1/events HTTP/1.1\n${rest}`)
  await expect.poll(told).toMatch('event: started')
  await passTimeout('POST /v1/messages')
  const messageId = `behind ${rest}`
  await server.db.storeMessage(message(messageId))
  await expect.poll(told, { timeout: 10_000 }).toMatch(JSON.stringify(messageId))
  socket.destroy()
})

it('a body that does not come is not waited for, though nobody would have read it', async () => {
  await passTimeout('GET /v1/events')
})

it('HEAD asks for no stream', async () => {
  const response = await server.fetch('/v1/events', { method: 'HEAD' })
  expect(response.status).toBe(404)
  expect((await server.db.stats()).subscribers).toBe(0)
})
