import { expect, it } from 'vitest'
import { message, temporaryDatabase } from '../support/databases.js'

/** Options whose limit is another one each time that it is asked for. */
function changingOptions() {
  const limits = [60_000, -1, -1]
  const options = {
    get timeoutMs() {
      return limits.shift()
    },
  }
  return { options, limits }
}

it('an option of a call, a lease and closing is asked for once: what is checked is what counts', async () => {
  const db = await temporaryDatabase({ readers: 1 })
  const calls: ((options: object) => Promise<unknown>)[] = [
    (options) => db.storeMessage(message('1'), options),
    (options) => db.getMessage('1', options),
    (options) => db.batch([{ name: 'getMessage', params: { messageId: '1' } }], options),
    (options) => db.withConnection((connection) => connection.get('SELECT 1 AS one'), options),
    (options) => db.transaction((transaction) => transaction.getMessage('1'), options),
    (options) => db.close(options),
  ]
  for (const call of calls) {
    const { options, limits } = changingOptions()
    await call(options)
    expect(limits).toEqual([-1, -1])
  }
})
