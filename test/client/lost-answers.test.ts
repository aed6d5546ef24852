import { connect } from 'convodb'
import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { connectTo, scripted, type Answer } from './scripted-server.js'

const cut: Answer = (request) => request.socket.destroy()
const busy: Answer = (_, response) => {
  response.writeHead(503, { 'content-type': 'application/problem+json', 'retry-after': '0' })
  response.end(JSON.stringify({ status: 503, code: 'OVERLOADED', detail: 'busy', details: {} }))
}

/** A server that lends, and does with what ends the lease what the test says, in turn. */
async function lender(...ends: readonly Answer[]) {
  let commits = 0
  return scripted((request, response, body) => {
    const call = request.url?.split('/').at(-1)
    if (call === 'leases') response.writeHead(201).end('{"leaseId":"1"}')
    else if (call === 'execute') response.end('{"ok":true,"value":null}')
    else if (call === 'commit') ends[commits++]?.(request, response, body)
  })
}

const noSuchLease: Answer = (_, response) =>
  response.end(
    '{"ok":false,"error":{"code":"LEASE_EXPIRED","message":"There is no such lease, or no more","details":{}}}',
  )

const commitTo = (url: string): Promise<unknown> =>
  connectTo(url).transaction((transaction) => transaction.getMessage('1'), { mode: 'write' })

it.each<[what: string, Answer]>([
  ['is gone', (_, response) => response.destroy()],
  ['is busy', busy],
])('a write whose answer was lost is of unknown outcome, also when the server then %s', async (_, then) => {
  const { url, bodies } = await scripted(cut, then)
  const db = connectTo(url, { retryForMs: 300 })
  await expectError(db.storeMessage(message('1')), 'OUTCOME_UNKNOWN')
  expect(bodies.length).toBeGreaterThan(1)
})

it('and when nobody listens there any more', async () => {
  const server = await scripted((request) => {
    server.listener.close()
    request.socket.destroy()
  })
  const db = connect(server.url, { apiKey: 'cdb_test', retryForMs: 300 })
  await expect(db.storeMessage(message('1'))).rejects.toMatchObject({
    code: 'OUTCOME_UNKNOWN',
    message: expect.stringMatching(/ECONNREFUSED/),
  })
  await db.close({ timeoutMs: 0 })
})

it('a commit whose answer was lost is of unknown outcome where the server knows nothing of the lease any more', async () => {
  const { url } = await lender(cut, noSuchLease)
  await expectError(commitTo(url), 'OUTCOME_UNKNOWN')
})

it('but the end of a lease that only reads is never of unknown outcome', async () => {
  const { url } = await lender(cut, noSuchLease)
  await expectError(
    connectTo(url).transaction(() => 1, { mode: 'read' }),
    'LEASE_EXPIRED',
  )
  const { url: gone } = await lender(cut)
  const reading = connectTo(gone, { retryForMs: 0 }).transaction(() => 1, { mode: 'read' })
  await expectError(reading, 'UNREACHABLE')
})

it('one that is answered so at once was not done', async () => {
  const { url } = await lender(noSuchLease)
  await expectError(commitTo(url), 'LEASE_EXPIRED')
})

it('a lease of whose beginning nothing is heard has changed nothing', async () => {
  const { url } = await scripted(cut)
  await expectError(commitTo(url), 'UNREACHABLE')
})
