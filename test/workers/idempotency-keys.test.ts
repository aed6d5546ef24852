import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { operationMessage, type OperationMessage } from '../../src/protocol/messages.js'
import { packRuns, type OperationRequest, type RefusedOperation } from '../../src/protocol/requests.js'
import { SharedAnswers } from '../../src/protocol/shared-answers.js'
import type { BindParams, Connection } from '../../src/workers/connection/connection.js'
import { openWriteConnection } from '../../src/workers/connection/open.js'
import { requestLimits } from '../../src/workers/tables/idempotency-keys.js'
import { commitBatches } from '../../src/workers/writer/group-commit.js'
import { temporaryFolder } from '../support/databases.js'

const settings = { create: true, readOnly: false, durability: 'full' } as const
const options = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }
const limits = { ...requestLimits }

let connection: Connection
beforeEach(async () => {
  connection = openWriteConnection({
    ...settings,
    ...options,
    path: join(await temporaryFolder(), 'chat.db'),
  })
})
afterEach(() => {
  Object.assign(requestLimits, limits)
  vi.useRealTimers()
  connection.close()
})

const hashOf = (key: string): Uint8Array => createHash('sha256').update(key).digest()

function store(messageId: string, content = 'x'): OperationMessage {
  const message = { messageId, channelId: 'c', userId: 'u', content, timestamp: 1 }
  return operationMessage('storeMessage', { ...message, onConflict: 'error' })
}

const bulk = (key: string, ...operations: OperationMessage[]): OperationRequest => ({
  name: 'bulk',
  items: packRuns<RefusedOperation>(operations),
  keyHash: hashOf(key),
})

/** Each in a batch of its own, all in one transaction. */
const commit = (...requests: readonly OperationRequest[]) =>
  commitBatches(
    connection,
    requests.map((request, index) => ({
      source: index + 1,
      batch: 1,
      items: [request],
      answers: new SharedAnswers(),
    })),
  ).map(([outcome]) => outcome)

const inserted = { ok: true, value: { outcomes: 'inserted' } }
const alreadyStored = { ok: true, value: { outcomes: [{ ok: false, error: { code: 'ALREADY_EXISTS' } }] } }
const count = (): number => connection.column<number>('SELECT count(*) FROM idempotency_keys')[0] ?? NaN

describe('what is remembered of requests', () => {
  it('is one row each, and one word where all messages were stored', () => {
    const messages = Array.from({ length: 500 }, (_, n) => store(`m${n}`))
    expect(commit(bulk('k', ...messages))).toEqual([inserted])
    const [row] = connection.all('SELECT key_hash, texts, bytes, made_at FROM idempotency_keys')
    expect(row).toMatchObject({ key_hash: hashOf('k'), texts: null, bytes: expect.any(Number) })
    expect(Reflect.get(Object(row), 'bytes')).toBeLessThan(150)
    expect(count()).toBe(1)
  })

  it('lasts for a day', () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    commit(bulk('k', store('m')))
    vi.setSystemTime(Date.now() + requestLimits.maxAgeMs - 1)
    expect(commit(bulk('k', store('m')))).toEqual([inserted])
    vi.setSystemTime(Date.now() + 1)
    expect(commit(bulk('k', store('m')))).toMatchObject([alreadyStored])
    expect(count()).toBe(1)
    vi.setSystemTime(Date.now() + requestLimits.maxAgeMs)
    commit(bulk('another', store('n')))
    expect(count()).toBe(1)
  })

  it('is the newest requests', () => {
    requestLimits.maxRequests = 10
    for (let n = 0; n < 25; n += 1) commit(bulk(`k${n}`, store(`m${n}`)))
    expect(count()).toBe(10)
    expect(commit(bulk('k15', store('m15')))).toEqual([inserted])
    expect(commit(bulk('k14', store('m14')))).toMatchObject([alreadyStored])
  })

  it('is so many bytes', () => {
    requestLimits.maxBytes = 20_000
    const update = operationMessage('upsertUser', { userId: 'u', displayName: 'x'.repeat(1_000) })
    for (let n = 0; n < 60; n += 1) commit(bulk(`k${n}`, update))
    const [bytes = NaN] = connection.column<number>(
      'SELECT sum(length(outcomes) + length(texts)) FROM idempotency_keys',
    )
    expect(bytes).toBeGreaterThan(15_000)
    expect(bytes).toBeLessThan(20_000)
  })

  it('goes in small steps', () => {
    for (let n = 0; n < 30; n += 1) commit(bulk(`k${n}`, store(`m${n}`)))
    Object.assign(requestLimits, { maxRequests: 5, maxTrimmed: 3 })
    const counts: number[] = []
    for (let n = 30; n < 45; n += 1) {
      commit(bulk(`k${n}`, store(`m${n}`)))
      counts.push(count())
    }
    expect(counts).toEqual([28, 26, 24, 22, 20, 18, 16, 14, 12, 10, 8, 6, 5, 5, 5])
  })

  it('keeps at most so much text of one request, and of the rest that it was done', () => {
    const users = Array.from({ length: 100 }, (_, n) =>
      operationMessage('upsertUser', {
        userId: `u${n}`,
        metadata: JSON.stringify({ x: 'x'.repeat(20_000) }),
      }),
    )
    commit(bulk('k', ...users))
    const [bytes = NaN] = connection.column<number>('SELECT bytes FROM idempotency_keys')
    expect(bytes).toBeGreaterThan(900_000)
    expect(bytes).toBeLessThan(1_100_000)
    const answer = JSON.stringify(commit(bulk('k', ...users)))
    expect(answer.match(/ANSWER_NOT_KEPT/g)?.length).toBeGreaterThan(40)
    expect(answer.match(/"userId"/g)?.length).toBeGreaterThan(40)
  })
})

describe('one transaction of several requests', () => {
  it('answers the second of two with one key as the first, also where a neighbour fails', () => {
    const request = bulk('k', store('m'))
    expect(commit(request, request)).toEqual([inserted, inserted])
    const failing: OperationRequest = { name: 'group', operations: [store('m')] }
    const next = bulk('next', store('n'))
    expect(commit(next, failing, next)).toMatchObject([inserted, { ok: false }, inserted])
    expect(commit(next)).toEqual([inserted])
  })

  it('that is rolled back leaves nothing remembered, and nobody’s operation gets the fault', () => {
    const [pages = NaN] = connection.column<number>('PRAGMA page_count')
    connection.pragma(`max_page_count = ${pages + 20}`)
    const long = bulk('long', store('long', 'x'.repeat(1_000_000)))
    const outcomes = commit(bulk('k', store('m')), long)
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ ok: false, error: { code: 'DISK_FULL' } })
      expect(JSON.stringify(outcome)).not.toContain('operation')
    }
    expect(count()).toBe(0)
    connection.pragma('max_page_count = 1000000')
    expect(commit(bulk('k', store('m')), long)).toEqual([inserted, inserted])
  })
})

it('every statement seeks an index', () => {
  const scans: string[] = []
  const seen = new Set<string>()
  for (const name of ['get', 'run'] as const) {
    const method = connection[name].bind(connection)
    vi.spyOn(connection, name).mockImplementation((sql: string, params: BindParams = []) => {
      if (sql.includes('idempotency_keys')) {
        seen.add(sql)
        const plan = connection.prepareOnce(`EXPLAIN QUERY PLAN ${sql}`).all(params)
        const details = plan.map((row) => String(Reflect.get(Object(row), 'detail')))
        scans.push(...details.filter((detail) => /^SCAN (?!CONSTANT ROW)|TEMP B-TREE/.test(detail)))
      }
      return method(sql, params)
    })
  }
  requestLimits.maxRequests = 1
  commit(bulk('k', operationMessage('upsertUser', { userId: 'u' })), bulk('k2', store('m')))
  commit(bulk('k3', operationMessage('forgetUser', { userId: 'u' })))
  expect(scans).toEqual([])
  // By the key, the first, the last, one in, one out, and all texts.
  expect(seen.size).toBe(6)
  const bySql = [...seen].join()
  for (const word of ['min(request_key)', 'max(request_key)', 'INSERT', 'DELETE', 'holds_text = 1']) {
    expect(bySql).toContain(word)
  }
})
