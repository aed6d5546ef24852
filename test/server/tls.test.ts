import { readFile } from 'node:fs/promises'
import { Agent, request } from 'node:https'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { message } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'

/** Made for this test, of `localhost`, by itself. */
const pathOf = (name: string): string => fileURLToPath(new URL(`tls/${name}.pem`, import.meta.url))
const channels = 10

let server: TestServer
let agent: Agent
beforeAll(async () => {
  server = await startTestServer({
    host: '0.0.0.0',
    tlsCert: pathOf('certificate'),
    tlsKey: pathOf('key'),
    maxRequestsPerSecond: 0,
  })
  agent = new Agent({ keepAlive: true, maxSockets: 20, ca: await readFile(pathOf('certificate')) })
})
afterAll(async () => {
  agent.destroy()
  await server.close()
})

function get(path: string): Promise<string> {
  const url = `https://localhost:${new URL(server.url).port}${path}`
  return new Promise((resolve, reject) => {
    const asked = request(
      url,
      { agent, headers: { authorization: `Bearer ${server.apiKey}` } },
      (response) => {
        resolve(text(response))
      },
    )
    asked.once('error', reject)
    asked.end()
  })
}

it('speaks HTTPS on an address that others reach, and many pages at once are each their own', async () => {
  const expected: string[] = []
  for (let channel = 0; channel < channels; channel += 1) {
    const channelId = `c${channel}`
    await server.db.addMessages(
      Array.from({ length: 100 }, (_, n) =>
        message(`${channelId}-${n}`, { channelId, content: `secret of ${channelId}, `.repeat(10) }),
      ),
    )
    expected.push(
      Buffer.from(await server.db.executeJson('getMessages', { channelId, limit: 100 })).toString(),
    )
  }
  const client = async (first: number): Promise<void> => {
    for (let n = 0; n < 20; n += 1) {
      const channel = (first + n * 3) % channels
      expect(await get(`/v1/channels/c${channel}/messages?limit=100`)).toBe(expected[channel])
    }
  }
  await Promise.all(Array.from({ length: 20 }, (_, first) => client(first)))
})
