import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

const channels = 30
const expected: string[] = []
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ maxRequestsPerSecond: 0 })
  for (let channel = 0; channel < channels; channel += 1) {
    const channelId = `c${channel}`
    await server.db.addMessages(
      Array.from({ length: 100 }, (_, n) =>
        message(`${channelId}-${n}`, { channelId, content: `<${channel}>`.repeat(100) }),
      ),
    )
    expected.push(
      Buffer.from(await server.db.executeJson('getMessages', { channelId, limit: 100 })).toString(),
    )
  }
})
afterAll(() => server.close())

const requestOf = (channel: number): string =>
  `GET /v1/channels/c${channel}/messages?limit=100 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${server.apiKey}\r\n\r\n`

function dial(): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => resolve(socket))
    socket.on('error', () => 'it was cut')
  })
}

/** Asks for many pages on one connection, and reads nothing before all that lies between is full; then compares each page. */
async function readLate(first: number): Promise<number> {
  const asked = Array.from({ length: 200 }, (_, n) => (first * 7 + n) % channels)
  const socket = await dial()
  socket.pause()
  socket.write(asked.map(requestOf).join(''))
  await pause(1_500)
  let [text, read] = ['', 0]
  socket.setEncoding('latin1')
  for await (const piece of socket) {
    text += String(piece)
    for (;;) {
      const bodyAt = text.indexOf('\r\n\r\n') + 4
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1])
      if (bodyAt < 4 || text.length < bodyAt + length) break
      expect(text.slice(bodyAt, bodyAt + length)).toBe(expected[asked[read] ?? 0])
      text = text.slice(bodyAt + length)
      read += 1
    }
    if (read === asked.length) break
  }
  return read
}

// Answers are sent from memory that is used again.
describe('pages that are sent from memory which is lent', () => {
  it('are each their own to the last byte, where some clients read late and others go', async () => {
    const stop = { isAsked: false }
    const come = async (first: number): Promise<void> => {
      for (let n = first; !stop.isAsked; n += 1) {
        const socket = await dial()
        socket.resume().write(requestOf(n % channels))
        await pause(Math.random() * 4)
        socket.destroy()
      }
    }
    const others = Array.from({ length: 8 }, (_, first) => come(first))
    const counts = await Promise.all(Array.from({ length: 6 }, (_, first) => readLate(first)))
    stop.isAsked = true
    await Promise.all(others)
    expect(counts).toEqual(Array.from({ length: 6 }, () => 200))
  })

  it('give it back when their connection ends before their turn has come', async () => {
    for (let n = 0; n < 3; n += 1) {
      const socket = await dial()
      socket.pause().write(Array.from({ length: 200 }, (_, each) => requestOf(each % channels)).join(''))
      // All that lies between is full by then, and the others wait.
      await pause(1_000)
      socket.destroy()
    }
    const areAllLent = async (): Promise<boolean> => {
      const { promise: all, resolve: letGo } = Promise.withResolvers<void>()
      let waiting = 0
      const lent = Array.from({ length: 64 }, (_, n) =>
        server.db.lendJson('getMessages', { channelId: `c${n % channels}`, limit: 100 }, async (json) => {
          if (++waiting === 64) letGo()
          await all
          return json.buffer instanceof SharedArrayBuffer
        }),
      )
      return (await Promise.all(lent)).every(Boolean)
    }
    await expect.poll(areAllLent, { timeout: 60_000 }).toBe(true)
  })
})
