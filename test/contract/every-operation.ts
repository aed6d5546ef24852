import { operations, type OperationName } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

const names = Object.keys(operations).filter((name): name is OperationName => Object.hasOwn(operations, name))
/** Wrong on purpose, so behind the compiler's back: what a JavaScript caller or a client could send. */
const wrong = (value: unknown) => JSON.parse(JSON.stringify(value))

/** What is the same for all operations. */
export function describeEveryEntrance(db: GetDatabase): void {
  describe('every operation', () => {
    it.each(names)('%s refuses what is no object, and unknown fields by name', async (name) => {
      for (const params of [null, 'text', 5, []]) {
        await expectError(db().execute(name, wrong(params)), 'INVALID_ARGUMENT')
      }
      const call = db().execute(name, wrong({ surprise: 1 }))
      await expectError(call, 'INVALID_ARGUMENT')
      await expect(call).rejects.toThrow(/surprise|is missing/)
    })

    it.each(names)('%s names a required field that is missing', async (name) => {
      const { required } = operations[name].params
      if (required.length === 0) return
      const call = db().execute(name, wrong({}))
      await expect(call).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        details: { field: expect.toBeOneOf([...required]) },
      })
    })

    it.each(['nonsense', '__proto__', 'constructor', 'toString', ''])('there is no %j', (name) =>
      expectError(db().execute(wrong(name), wrong({})), 'INVALID_ARGUMENT', { field: 'name' }),
    )

    it.each(names)('%s gives up when its signal was aborted before the call', async (name) => {
      const sample = wrong({ channelId: 'c' })
      const signal = AbortSignal.abort()
      const call = db().execute(name, sample, { signal })
      await expect(call).rejects.toMatchObject({ code: expect.toBeOneOf(['ABORTED', 'INVALID_ARGUMENT']) })
    })

    it('refuses call options that are none', async () => {
      await expectError(db().getChannel('c', wrong({ timeoutMs: -1 })), 'INVALID_ARGUMENT', {
        field: 'timeoutMs',
      })
      await expectError(db().getChannel('c', wrong({ timeout: 5 })), 'INVALID_ARGUMENT', {
        field: 'timeout',
      })
    })
  })
}
