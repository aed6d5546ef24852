import { expect, it } from 'vitest'
import { expectError } from '../support/databases.js'
import { withTestServer } from '../support/server.js'

const holdsOn = new Promise<never>(() => undefined)

it('of leases so many run at once, and others in turn', () =>
  withTestServer({ maxLeases: 2 }, async (server) => {
    const db = server.connect({ retryForMs: 0 })
    let running = 0
    let most = 0
    const leases = Array.from({ length: 20 }, () =>
      db.transaction(async (transaction) => {
        running += 1
        most = Math.max(most, running)
        await transaction.countMessages()
        running -= 1
      }),
    )
    await Promise.all(leases)
    expect(most).toBeLessThanOrEqual(2)
    await db.close()
  }))

it('one that waits for too long is told that there are too many', () =>
  withTestServer({ maxLeases: 1 }, async (server) => {
    const db = server.connect({ retryForMs: 0 })
    const begun = Promise.withResolvers<void>()
    const first = db.transaction(
      async () => {
        begun.resolve()
        await holdsOn
      },
      { idleTimeoutMs: 60_000 },
    )
    await begun.promise
    await expectError(
      db.transaction(() => 1),
      'OVERLOADED',
      { maxLeases: 1 },
    )
    const ended = expectError(first, 'CLOSED')
    await server.server.close()
    await ended
    await db.close({ timeoutMs: 0 })
  }))

it('who gives up keeps no place from those behind', () =>
  withTestServer({ maxLeases: 1 }, async (server) => {
    const db = server.connect({ retryForMs: 0 })
    const other = server.connect({ retryForMs: 0 })
    const leave = new AbortController()
    const order: string[] = []
    await db.transaction(async (transaction) => {
      const left = expectError(
        other.transaction(() => order.push('left'), { signal: leave.signal }),
        'ABORTED',
      )
      const behind = other.transaction(() => order.push('behind'))
      behind.catch(() => 'told below')
      await transaction.countMessages()
      leave.abort()
      await left
      order.push('first')
      void behind.then(() => order.push('end'))
    })
    await expect.poll(() => order).toEqual(['first', 'behind', 'end'])
    await Promise.all([db.close(), other.close()])
  }))
