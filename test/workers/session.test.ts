import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { WriterNews } from '../../src/protocol/messages.js'
import { WriterSession } from '../../src/workers/writer/session.js'
import { temporaryFolder } from '../support/databases.js'

const settings = { create: true, readOnly: false, durability: 'full' } as const
const limits = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }

/** A session with a file of its own; `news` is what it told. */
async function newSession() {
  const path = join(await temporaryFolder(), 'chat.db')
  const news: WriterNews['kind'][] = []
  const session = new WriterSession(
    { ...settings, ...limits, path },
    ({ kind }) => news.push(kind),
    (link) => link.close(),
  )
  expect(session.begin()).toEqual({ ok: true, value: undefined })
  return { session, news }
}

it('a fault closes the connection, and the next task opens another one', async () => {
  const { session, news } = await newSession()
  const first = session.connect()
  session.fault()
  session.fault()
  expect(news.filter((kind) => kind === 'reopening')).toHaveLength(1)
  expect(session.connect()).not.toBe(first)
  expect(await session.end()).toEqual({ ok: true, value: undefined })
  expect(() => session.connect()).toThrow('closed')
})

it.each([
  ['met no fault', () => undefined],
  ['was asked beside the lease', (session: WriterSession) => session.connect()],
  ['met a fault beside the lease', (session: WriterSession) => session.fault()],
  [
    'met a fault beside the lease, and was asked',
    (session: WriterSession) => {
      session.fault()
      session.connect()
    },
  ],
])('goes on after a lease when it %s', async (_, meanwhile) => {
  const { session } = await newSession()
  for (let round = 0; round < 2; round += 1) {
    session.connect()
    const lent = session.lend()
    meanwhile(session)
    lent.close()
    session.takeBack(lent)
    expect(session.connect().pragma('user_version')).toBe(1)
    expect(session.indexNow()).toEqual({ ok: true, value: undefined })
  }
  expect(await session.end()).toEqual({ ok: true, value: undefined })
})

it('a fault of the borrower’s, swallowed or not, closes our connection, too', async () => {
  const { session, news } = await newSession()
  session.connect()
  const lent = session.lend()
  lent.hasMetFault = true
  lent.close()
  session.takeBack(lent)
  expect(news).toContain('reopening')
  await session.end()
})
