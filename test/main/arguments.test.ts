import { Worker } from 'node:worker_threads'
import { once } from 'node:events'
import { join } from 'node:path'
import { closeOnSignals, openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectError, temporaryDatabase, temporaryFolder } from '../support/databases.js'

/** What a program in plain JavaScript, or with `any`, may pass: whatever it is, it is refused and nothing else happens. */
function wrong<Value>(json: string): Value {
  return JSON.parse(json)
}

describe('arguments of the wrong kind', () => {
  let db: DatabaseManager
  beforeAll(async () => {
    db = await openDatabase(':memory:', { readers: 1 })
  })
  afterAll(() => db.close())

  it.each([
    ['{"timeoutMs":"x"}', 'timeoutMs'],
    ['{"timeoutMs":-1}', 'timeoutMs'],
    ['{"timeout":1}', 'timeout'],
    ['null', 'options'],
  ])('of close are refused, and the database stays open: %s', async (options, field) => {
    await expectError(db.close(wrong(options)), 'INVALID_ARGUMENT', { field })
    expect(db.status).toBe('open')
    expect(await db.countMessages()).toBe(0)
  })

  it.each(['null', '{}', '"work"'])('of transaction and withConnection are refused: %s', async (work) => {
    await expectError(db.transaction(wrong(work)), 'INVALID_ARGUMENT', { field: 'work' })
    await expectError(db.withConnection(wrong(work)), 'INVALID_ARGUMENT', { field: 'work' })
  })

  it('of calls on a list are refused where they can not be looked at, and no call throws', async () => {
    const { proxy, revoke } = Proxy.revocable<string[]>([], {})
    revoke()
    for (const call of [db.addMessages, db.getMessagesByIds, db.deleteMessages, db.users.getUsers]) {
      const called: Promise<unknown> = Reflect.apply(call, db, [proxy])
      await expectError(called, 'INVALID_ARGUMENT')
    }
  })

  it('of batch are asked for their name once', async () => {
    const names = ['getUser', 'getMessages']
    const changing = {
      get name() {
        return names.shift()
      },
      params: { userId: 'nobody' },
    }
    const batch: Promise<unknown> = Reflect.apply(db.batch, db, [[changing]])
    expect(await batch).toEqual([undefined])
    expect(names).toEqual(['getMessages'])
  })

  it.each([
    ['none', []],
    ['too many', new Float32Array(65_537)],
    ['one that is too great for float32', [1e39]],
  ])('of a vector are told what it may have: %s', async (_, vector) => {
    const refused = db.storeEmbeddings([{ ownerType: 'message', ownerId: '1', model: 'm', vector }])
    await expect(refused).rejects.toThrow('must be 1 to 65,536 numbers that are finite as float32')
  })

  it.each(['null', '7', '"general"', '{}'])('of iterateMessages are refused: %s', async (page) => {
    await expectError(db.iterateMessages(wrong(page)).next(), 'INVALID_ARGUMENT')
  })

  it('of iterateMessages are refused where there are none', async () => {
    const messages: AsyncGenerator = Reflect.apply(db.iterateMessages, db, [])
    await expectError(messages.next(), 'INVALID_ARGUMENT', { field: 'channelId' })
  })

  it.each(['undefined', 'null', '{}', '"port"'])('of connectPort are refused: %s', async (port) => {
    const program = `
      import { parentPort } from 'node:worker_threads'
      import { connectPort } from 'convodb'
      await connectPort(${port}).catch(({ code, details }) => parentPort.postMessage({ code, details }))`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(withPath(program))}`))
    const [answer] = await once(worker, 'message')
    expect(answer).toMatchObject({ code: 'INVALID_ARGUMENT', details: { field: 'port' } })
  })

  it.each(['{"timeoutMs":"x"}', '{"before":1}', 'null'])(
    'of closeOnSignals are refused: %s',
    async (options) => {
      expect(() => closeOnSignals(db, wrong(options))).toThrow(
        expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
      )
      expect(process.listenerCount('SIGTERM')).toBe(0)
    },
  )
})

/** A module without a file has no folder to find packages from. */
const withPath = (program: string): string =>
  program.replaceAll("'convodb'", `'${import.meta.resolve('convodb')}'`)

describe('path and status', () => {
  it('tell which file it is, and whether it takes calls', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const db = await temporaryDatabase({}, path)
    expect([db.path, db.status]).toEqual([path, 'open'])
    const closing = db.close()
    expect(db.status).toBe('closing')
    await closing
    expect([db.path, db.status]).toEqual([path, 'closed'])
  })
})
