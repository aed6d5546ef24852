import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { connectTo, inserted, keyOf, scripted } from './scripted-server.js'

describe('a proxy that refuses a request itself', () => {
  it.each([
    [401, 'UNAUTHORIZED'],
    [403, 'FORBIDDEN'],
    [408, 'UNREACHABLE'],
    [413, 'TOO_LARGE'],
    [429, 'RATE_LIMITED'],
    [404, 'INTERNAL'],
  ])('by %i is told of by its own code, %s', async (status, code) => {
    const { url } = await scripted((_, response) => response.writeHead(status).end('<html>no'))
    const db = connectTo(url, { retryForMs: 0 })
    await expectError(db.getChannel('c'), code, { status })
  })

  it('is asked again when it says so, for the same write', async () => {
    const { url, bodies } = await scripted(
      (_, response) => response.writeHead(429, { 'retry-after': '0' }).end('slow down'),
      inserted,
    )
    await connectTo(url).storeMessage(message('1'))
    expect(new Set(bodies.map(keyOf)).size).toBe(1)
    expect(bodies).toHaveLength(2)
  })
})
