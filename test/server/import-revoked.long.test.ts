import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { createKey, keyPlaceOf, revokeKey } from 'convodb/server'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { startTestServer } from '../support/server.js'

it('an import whose key is revoked ends, and says why', async () => {
  const folder = await temporaryFolder()
  const server = await startTestServer({ temporaryFolder: folder })
  const path = keyPlaceOf(server.db.path)
  const { key, keyId } = await createKey(path, { scope: 'admin' })
  const sent = request(`${server.url}/v1/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}` },
  })
  const answered = once(sent, 'response')
  sent.write('{"messageId":"1",')
  await expect.poll(() => readdir(folder)).toHaveLength(1)
  await revokeKey(path, keyId)
  const [response] = await answered
  expect(JSON.parse(await text(response))).toMatchObject({ error: { code: 'UNAUTHORIZED' } })
  sent.destroy()
  await server.close()
})
