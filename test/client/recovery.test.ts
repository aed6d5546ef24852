import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { connect } from 'convodb'
import { describe, expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import { closedUrl, connectTo, inserted, keyOf, scripted, type Answer } from './scripted-server.js'

const run = promisify(execFile)

const cut: Answer = (request) => request.socket.destroy()
const problem =
  (status: number, code: string, headers: Record<string, string> = {}): Answer =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json', ...headers })
    response.end(
      JSON.stringify({ type: 'x', title: code, status, detail: `it is ${code}`, code, details: { a: 1 } }),
    )
  }

describe('a client', () => {
  it('asks again with the same key when the connection is cut', async () => {
    const { url, bodies } = await scripted(cut, cut, inserted)
    expect(await connectTo(url).storeMessage(message('1'))).toEqual({ messageId: '1', outcome: 'inserted' })
    expect(bodies).toHaveLength(3)
    expect(keyOf(bodies[0])).toMatch(/^[0-9a-f]{32}-1$/)
    expect(new Set(bodies.map(keyOf)).size).toBe(1)
  })

  it('gives another request another key, and reads none', async () => {
    const { url, bodies } = await scripted(inserted)
    const db = connectTo(url)
    await db.storeMessage(message('1'))
    await db.storeMessage(message('1'))
    await db.getChannel('c')
    expect(new Set(bodies.map(keyOf)).size).toBe(3)
    expect(keyOf(bodies[2])).toBeUndefined()
  })

  it('waits as long as a server says that is busy, and tries again', async () => {
    const { url, bodies } = await scripted(problem(503, 'OVERLOADED', { 'retry-after': '0' }), inserted)
    await connectTo(url).storeMessage(message('1'))
    expect(bodies).toHaveLength(2)
  })

  it('does not ask again what was refused for good, and gives its code and details', async () => {
    const { url, bodies } = await scripted(problem(403, 'FORBIDDEN'))
    await expectError(connectTo(url).getChannel('c'), 'FORBIDDEN', { a: 1 })
    expect(bodies).toHaveLength(1)
  })

  it('says UNREACHABLE of a server that is not there, and OUTCOME_UNKNOWN where it may have had the write', async () => {
    const { url } = await scripted(cut)
    const db = connectTo(url, { retryForMs: 50 })
    await expectError(db.storeMessage(message('1')), 'OUTCOME_UNKNOWN')
    // Of a read nothing can have been done.
    await expectError(db.getChannel('c'), 'UNREACHABLE')
    const nobody = connectTo(await closedUrl(), { retryForMs: 50 })
    await expectError(nobody.storeMessage(message('1')), 'UNREACHABLE')
    await expectError(nobody.getChannel('c'), 'UNREACHABLE')
    // One of the ports that `fetch` asks nothing of.
    const blocked = connectTo('http://127.0.0.1:6667', { retryForMs: 50 })
    await expectError(blocked.storeMessage(message('1')), 'UNREACHABLE')
  })

  it('does not ask again for SQL of a lease that a proxy has lost the answer of', async () => {
    const began: Answer = (_, response) => response.writeHead(201).end('{"leaseId":"1"}')
    const lost: Answer = (_, response) => response.writeHead(504).end('<html>Gateway Timeout')
    const asked: string[] = []
    const { url } = await scripted((request, response, body) => {
      asked.push(request.url ?? '')
      if (request.url === '/v1/leases') began(request, response, body)
      else if (request.url?.endsWith('/run') === true) lost(request, response, body)
      else if (request.url?.endsWith('/rollback') === true) response.end('{"ok":true,"value":null}')
    })
    const work = connectTo(url).withConnection((connection) => connection.run('INSERT INTO t VALUES (1)'), {
      mode: 'write',
    })
    await expectError(work, 'OUTCOME_UNKNOWN')
    expect(asked.filter((path) => path.endsWith('/run'))).toHaveLength(1)
  })

  it.each<[end: string, Answer]>([
    ['is cut', (request, response) => response.write('{"progress":{}}\n', () => request.socket.destroy())],
    ['ends early', (_, response) => response.end('{"progress":{}}\n')],
    ['is in no form of ours', (_, response) => response.end('<html>\nBad Gateway')],
  ])('says UNREACHABLE of a verification whose report %s', async (_, answer) => {
    const { url } = await scripted(answer)
    await expectError(connectTo(url).verify(), 'UNREACHABLE')
  })

  it('names what answers in no form of ours', async () => {
    const { url } = await scripted((_, response) => response.writeHead(418).end('<html>'))
    await expectError(connectTo(url).getChannel('c'), 'INTERNAL', { status: 418 })
  })

  it('does not take for a stream of events what is none: a page that answers every path', async () => {
    const page: Answer = (_, response) => {
      response.setHeader('content-type', 'text/html')
      response.end('<!doctype html>')
    }
    const { url, bodies } = await scripted(page)
    const changes = connectTo(url, { retryForMs: 200 }).subscribe()
    await expectError(changes.next(), 'UNREACHABLE', /in no form of ours/)
    expect(bodies.length).toBeGreaterThan(0)
  })

  it('sends calls of one turn in few requests, numbered; two are under way at once where the server keeps their order', async () => {
    // The second is answered when the third has come: were they sent one after the other, neither would be.
    const held: (() => void)[] = []
    let received = 0
    const answer: Answer = (_, response, body) => {
      const { operations } = JSON.parse(body)
      const outcomes = operations.map(() => ({ ok: true, value: { messageId: '1', outcome: 'inserted' } }))
      held.push(() => response.end(JSON.stringify({ keepsOrder: true, outcomes })))
      received += 1
      if (received !== 2) for (const release of held.splice(0)) release()
    }
    const { url, bodies } = await scripted(answer)
    const db = connectTo(url, { maxRequestOperations: 100 })
    await Promise.all(Array.from({ length: 250 }, (_, n) => db.storeMessage(message(String(n)))))
    expect(bodies.map((body) => JSON.parse(body).operations.length)).toEqual([100, 75, 75])
    expect(bodies.map((body) => JSON.parse(body).sequence.number)).toEqual([1, 2, 3])
    expect(JSON.parse(bodies[2] ?? '').sequence).toMatchObject({ number: 3, oldest: 2 })
  })

  it('says when it sends a request again that the one before it is settled, which may not have reached the server', async () => {
    const ofTheKind: Answer = (request, response, body) => {
      const { sequence } = JSON.parse(body)
      if (sequence.number === 1) response.end('{"keepsOrder":true,"outcomes":"inserted"}')
      else if (sequence.number === 2) problem(413, 'TOO_LARGE')(request, response, body)
      else if (sequence.oldest === 3) response.end('{"outcomes":"inserted"}')
      else problem(503, 'OVERLOADED', { 'retry-after': '0' })(request, response, body)
    }
    const { url } = await scripted(ofTheKind)
    const db = connectTo(url, { maxRequestOperations: 1 })
    await db.storeMessage(message('1'))
    const tooLarge = expectError(db.storeMessage(message('2')), 'TOO_LARGE')
    expect(await db.storeMessage(message('3'))).toMatchObject({ messageId: '3' })
    await tooLarge
  })

  it('has one request of writes under way where the server does not say that it keeps their order', async () => {
    let underWay = 0
    let most = 0
    const answer: Answer = (_, response, body) => {
      underWay += 1
      most = Math.max(most, underWay)
      const { operations } = JSON.parse(body)
      const outcomes = operations.map(() => ({ ok: true, value: { messageId: '1', outcome: 'inserted' } }))
      setImmediate(() => {
        underWay -= 1
        response.end(JSON.stringify({ outcomes }))
      })
    }
    const { url, bodies } = await scripted(answer)
    const db = connectTo(url, { maxRequestOperations: 100 })
    await Promise.all(Array.from({ length: 250 }, (_, n) => db.storeMessage(message(String(n)))))
    expect(bodies).toHaveLength(3)
    expect(most).toBe(1)
  })

  it('bounds what waits, and lets producers wait for room', async () => {
    const { url } = await scripted((_, response) => setImmediate(() => response.end('{"outcomes":[]}')))
    const db = connectTo(url, { maxQueuedOperations: 10 })
    const calls = Array.from({ length: 11 }, (_, n) => db.storeMessage(message(String(n))))
    const settled = await Promise.allSettled(calls)
    expect(settled.at(-1)).toMatchObject({
      reason: { code: 'OVERLOADED', details: { maxQueuedOperations: 10 } },
    })
    await db.ready()
  })

  it('ends a call by its signal, and says whether a write may have been done', async () => {
    const { url, bodies } = await scripted(() => undefined)
    const db = connectTo(url)
    const early = db.storeMessage(message('1'), { signal: AbortSignal.abort() })
    await expectError(early, 'ABORTED', { maybeCommitted: false })
    const late = db.storeMessage(message('1'), { timeoutMs: 2_000 })
    await expect.poll(() => bodies.length).toBe(1)
    await expectError(late, 'TIMEOUT', { maybeCommitted: true })
  })

  it('closed, takes no more calls and tells those under way', async () => {
    const { url, bodies } = await scripted(() => undefined)
    const db = connectTo(url)
    const call = db.storeMessage(message('1'))
    await expect.poll(() => bodies.length).toBe(1)
    await Promise.all([expectError(call, 'OUTCOME_UNKNOWN'), db.close({ timeoutMs: 10 })])
    await expectError(db.getChannel('c'), 'CLOSED')
    expect(db.status).toBe('closed')
  })

  it('closed, it keeps no process that would ask on', async () => {
    const { url, bodies } = await scripted(cut)
    const program = `
      import { connect } from 'convodb'
      const db = connect('${url}', { apiKey: 'k', retryForMs: 600_000 })
      const calls = [db.getChannel('c'), db.upsertChannel({ channelId: 'c' }), db.subscribe().next(), db.stats()]
      calls.push(db.withConnection(() => new Promise(() => undefined)))
      const settled = Promise.allSettled(calls)
      for await (const _ of process.stdin);
      await db.close({ timeoutMs: 100 })
      console.log((await settled).map(({ reason }) => reason.code).join(' '))`
    const running = run(process.execPath, ['--input-type=module', '-e', program], { timeout: 20_000 })
    // It closes when all of them have been asked, and some once more: of what was not yet sent it would know the outcome.
    const isAsked = (call: RegExp): boolean => bodies.some((body) => call.test(body))
    const areAsked = (): boolean =>
      bodies.length > 4 && [/^$/, /getChannel/, /upsertChannel/, /"mode"/].every(isAsked)
    await expect.poll(areAsked, { timeout: 20_000 }).toBe(true)
    running.child.stdin?.end()
    const { stdout } = await running
    expect(stdout).toBe('CLOSED OUTCOME_UNKNOWN CLOSED CLOSED UNREACHABLE\n')
    expect(bodies.length).toBeGreaterThan(4)
  })

  it('refuses what is no server’s address or no key', () => {
    const key = { apiKey: 'k' }
    expect(() => connect('chat.db', key)).toThrow(/url must be/)
    expect(() => connect('http://user:secret@host', key)).toThrow(/url must be without a key/)
    expect(() => connect('http://host/base?x=1', key)).toThrow(/url must be without '\?'/)
    expect(() => connect('http://host', { apiKey: 'two words' })).toThrow(/apiKey must be/)
    expect(() => connect('http://host', JSON.parse('{"apiKey":"k","retries":3}'))).toThrow(
      /retries is not a known/,
    )
  })

  it('has no ports and no files, and says what there is', async () => {
    const db = connectTo('http://127.0.0.1:1')
    expect(() => db.createPort()).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
    await expectError(db.backup('x.db'), 'UNSUPPORTED')
    expect(db.path).toBe('http://127.0.0.1:1/')
  })
})
