import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { openDatabase } from 'convodb'
import { message } from './databases.js'

const cli = resolve('dist', 'cli', 'index.js')

/** Everything that there is, line by line in some order. */
export async function everything(path: string): Promise<string[]> {
  const args = [cli, 'export', '--db', path]
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 28 })
  return stdout.split('\n').toSorted()
}

/** Something of all that there can be in a database. */
export async function fillWithEverything(path: string, messages: number): Promise<void> {
  const db = await openDatabase(path, { readers: 1, keepHistory: true })
  await db.upsertChannel({ channelId: 'one', name: 'One', metadata: { a: [1, null] } })
  for (let start = 0; start < messages; start += 5_000) {
    const rows = Array.from({ length: Math.min(5_000, messages - start) }, (_, n) =>
      message(`m-${start + n}`, {
        channelId: n % 3 === 0 ? 'one' : `two-${n % 11}`,
        userId: `u-${n % 7}`,
        timestamp: start + n,
        content: `\u0000 ${start + n} 漢字`,
      }),
    )
    await db.addMessages(rows)
  }
  await db.updateMessage({ messageId: 'm-5', content: 'edited' })
  await db.addReaction({ messageId: 'm-5', userId: 'u-1', reaction: '👍' })
  await db.users.updateProfile({ userId: 'u-1', profile: { likes: 'tea', deep: { a: 1, b: 2 } } })
  await db.users.deleteUser('u-2')
  await db.forgetUser('u-3')
  await db.createSegmentWithMessages({
    segmentId: 's',
    channelId: 'one',
    startTime: 0,
    endTime: 5,
    messages: ['m-0', { messageId: 'm-6', contributionScore: 0.5 }],
  })
  // More members than one line of an export has; some share a position.
  const inOne = Array.from({ length: Math.floor(messages / 3) }, (_, n) => `m-${3 * n}`)
  const kept = (await db.getMessagesByIds(inOne)).filter(({ channelId }) => channelId === 'one')
  await db.createConversationSegment({ segmentId: 'large', channelId: 'one', startTime: 0, endTime: 5 })
  for (let start = 0; start < kept.length; start += 5_000) {
    const some = kept.slice(start, start + 5_000)
    await db.addMessagesToSegment({
      segmentId: 'large',
      messages: some.map(({ messageId }, n) => ({ messageId, position: Math.floor((start + n) / 2) })),
    })
  }
  await db.storeEmbeddings([
    { ownerType: 'message', ownerId: 'm-6', model: 'x', vector: [0.1, -2] },
    { ownerType: 'segment', ownerId: 's', model: 'x', vector: [1, 2] },
  ])
  await db.close()
}

/** `convodb move` in a process of its own. */
export interface MoveProcess {
  readonly child: ChildProcess
  /** All that it has said so far. */
  text(): string
  /** Resolves when it has said something. */
  said(part: string): Promise<void>
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>
}

export function startMove(from: string, to: string, ...options: string[]): MoveProcess {
  const child = spawn(process.execPath, [cli, 'move', '--from', from, '--to', to, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let text = ''
  let wake = (): void => undefined
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (piece) => {
      text += String(piece)
      wake()
    })
  const ended = once(child, 'close').then(([code]) => ({ code, text }))
  return {
    child,
    text: () => text,
    async said(part) {
      while (!text.includes(part)) {
        const more = new Promise<'more'>((found) => (wake = () => found('more')))
        const happened = await Promise.race([more, ended])
        if (happened !== 'more' && !text.includes(part))
          throw new Error(`The move ended without '${part}': ${text}`)
      }
    },
    ended,
  }
}

/** Whoever goes on while a database is moved: it stores, changes, deletes and forgets, and ends in good order by SIGTERM. */
const writer = `
  import { openDatabase, closeOnSignals } from 'convodb'
  const db = await openDatabase(process.argv[1], { readers: 1, keepHistory: true })
  closeOnSignals(db)
  process.once('SIGTERM', () => (isOver = true))
  let isOver = false
  let seed = 1
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below
  const ignore = () => undefined
  const steps = [
    (n) => db.storeMessage({ messageId: 'w-' + n, channelId: 'w-' + (n % 5), userId: 'w-' + (n % 9), content: 'new ' + n, timestamp: n }),
    (n) => db.storeMessage({ messageId: 'm-' + random(2000), channelId: 'one', userId: 'u-1', content: 'again ' + n, timestamp: n }),
    (n) => db.updateMessage({ messageId: 'w-' + random(n + 1), content: 'changed ' + n }),
    (n) => db.deleteMessages(['w-' + random(n + 1), 'm-' + random(2000)]),
    (n) => db.upsertChannel({ channelId: 'w-' + (n % 5), name: n % 2 ? null : 'name ' + n, metadata: n % 3 ? { n } : null }),
    (n) => db.users.updateProfile({ userId: 'u-1', profile: { likes: n % 2 ? null : 'n' + n, deep: { a: n % 3 ? null : n } } }),
    (n) => db.users.upsertUser({ userId: 'w-' + (n % 9), displayName: n % 2 ? null : 'User ' + n }),
    (n) => db.addReaction({ messageId: 'w-' + random(n + 1), userId: 'u-1', reaction: 'r' + (n % 3) }),
    (n) => db.storeEmbeddings([{ ownerType: 'message', ownerId: 'w-' + random(n + 1), model: 'x', vector: [n, 1] }]),
    (n) => db.createConversationSegment({ segmentId: 'ws-' + n, channelId: 'one', startTime: n, endTime: n + 1 }),
    (n) => db.addMessagesToSegment({ segmentId: 'ws-' + (n - random(9)), messages: ['m-' + random(2000)] }),
    (n) => db.deleteConversationSegment('ws-' + random(n + 1)),
    (n) => (n % 199 === 0 ? db.forgetUser('w-' + (n % 9)) : n % 211 === 0 ? db.deleteChannel('w-' + (n % 5)) : undefined),
  ]
  let told = 0
  for (let n = 1; !isOver; n += 1) {
    await Promise.all(steps.map((step) => Promise.resolve(step(n)).catch(ignore)))
    if ((told += 1) === 20) process.stdout.write('writing\\n')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
`

/** Starts it; resolves when it has written something. */
export async function startWriter(path: string): Promise<{ stop(): Promise<unknown> }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await once(createInterface(child.stdout), 'line')
  return {
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
