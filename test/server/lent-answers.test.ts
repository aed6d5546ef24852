import { request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

const channels = 40
let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ maxRequestsPerSecond: 0 })
  for (let channel = 0; channel < channels; channel += 1) {
    const channelId = `channel-${channel}`
    await server.db.addMessages(
      Array.from({ length: 100 }, (_, n) =>
        message(`${channelId}-${n}`, { channelId, content: `secret of ${channelId}, `.repeat(10) }),
      ),
    )
  }
})
afterAll(() => server.close())

/** What was sent of a page, to a client that reads it slowly, and goes after so many bytes. */
function readSlowly(channelId: string, goAfterBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/v1/channels/${channelId}/messages?limit=100`, server.url)
    const asked = request(
      url,
      { agent: false, headers: { authorization: `Bearer ${server.apiKey}` } },
      (response) => {
        void (async () => {
          let text = ''
          for await (const piece of response) {
            text += String(piece)
            if (text.length > goAfterBytes) break
            await pause(Math.random() * 5)
          }
          response.destroy()
          return text
        })().then(resolve, reject)
      },
    )
    asked.once('error', reject)
    asked.end()
  })
}

// Answers are sent from memory that is used again.
it('pages of many clients at once are each their own to the last byte, though some are slow and some go', async () => {
  const expected = new Map<string, string>()
  for (let channel = 0; channel < channels; channel += 1) {
    const channelId = `channel-${channel}`
    const json = await server.db.executeJson('getMessages', { channelId, limit: 100 })
    expected.set(channelId, Buffer.from(json).toString())
  }
  let whole = 0
  const client = async (first: number): Promise<void> => {
    for (let n = 0; n < 10; n += 1) {
      const channelId = `channel-${(first + n * 7) % channels}`
      const page = expected.get(channelId) ?? ''
      const goes = (first + n) % 3 === 0
      const text = await readSlowly(channelId, goes ? page.length / 2 : Infinity)
      expect(page.startsWith(text)).toBe(true)
      if (text.length === page.length) whole += 1
      else expect(goes).toBe(true)
    }
  }
  await Promise.all(Array.from({ length: 100 }, (_, first) => client(first)))
  expect(whole).toBeGreaterThan(600)
})
