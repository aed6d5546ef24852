import { createKey, keyPlaceOf, revokeKey } from 'convodb/server'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { startTestServer } from '../support/server.js'

it('a lease whose key is revoked is rolled back, and others write', async () => {
  const server = await startTestServer()
  const path = keyPlaceOf(server.db.path)
  const { key, keyId } = await createKey(path, { scope: 'admin' })
  const client = server.connect({ apiKey: key })
  const leased = client.transaction(
    async (transaction) => {
      await transaction.storeMessage(message('of the lease'))
      await revokeKey(path, keyId)
      expect(await server.db.storeMessage(message('of others'))).toMatchObject({ outcome: 'inserted' })
    },
    { mode: 'write', idleTimeoutMs: 600_000 },
  )
  await expectError(leased, 'UNAUTHORIZED')
  expect(await server.db.getMessagesByIds(['of the lease'])).toEqual([])
  await client.close()
  await server.close()
})
