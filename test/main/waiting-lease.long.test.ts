import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { ConnectionMode } from '../../src/protocol/messages.js'
import { expectError, temporaryDatabase } from '../support/databases.js'

it.each<ConnectionMode>(['read', 'write'])(
  'a %s lease that waits for another one is given up when its limit or its signal says so, and never runs',
  async (mode) => {
    const db = await temporaryDatabase({ readers: 1, leaseReaders: 1 })
    const begun = Promise.withResolvers<void>()
    const mayEnd = Promise.withResolvers<void>()
    const first = db.withConnection(
      () => {
        begun.resolve()
        return mayEnd.promise
      },
      { mode },
    )
    await begun.promise
    let runs = 0
    const work = (): void => void (runs += 1)
    const startedAtMs = performance.now()
    const tookMs = (waiting: Promise<unknown>) => waiting.then(() => performance.now() - startedAtMs)
    // A busy machine is as late with its own timer.
    const [timer, ...took] = await Promise.all([
      tookMs(delay(50)),
      tookMs(expectError(db.withConnection(work, { mode, timeoutMs: 50 }), 'TIMEOUT')),
      tookMs(expectError(db.withConnection(work, { mode, signal: AbortSignal.timeout(50) }), 'ABORTED')),
    ])
    expect(Math.max(...took)).toBeLessThan(timer + 750)
    mayEnd.resolve()
    await first
    await db.withConnection(() => undefined, { mode })
    expect(runs).toBe(0)
  },
)
