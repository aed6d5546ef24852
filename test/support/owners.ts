import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { OpenOptions } from 'convodb'
import { expect } from 'vitest'

/** A process that opens the file, says how that went, and waits to be killed. */
export function startOwner(path: string) {
  const program = `
    import { openDatabase } from 'convodb'
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
    try {
      const db = await openDatabase(process.argv[1])
      await db.storeMessage({ messageId: 'from ' + process.pid, channelId: 'c', userId: 'u', content: '', timestamp: 1 })
      say({ pid: process.pid })
      setInterval(() => db.countMessages(), 1_000)
    } catch (error) {
      say({ code: error.code, owner: error.details.pid })
    }`
  return spawn(process.execPath, ['--input-type=module', '-e', program, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

export const firstLine = async (owner: ReturnType<typeof startOwner>) => {
  const [chunk] = await once(owner.stdout, 'data')
  return JSON.parse(String(chunk))
}

/** Starts so many processes at once: one wins, and all others name it. */
export async function expectOneWinner(path: string, count: number): Promise<void> {
  const owners = Array.from({ length: count }, () => startOwner(path))
  const answers = await Promise.all(owners.map(firstLine))
  const winners = answers.filter(({ pid }) => pid !== undefined)
  expect(winners).toHaveLength(1)
  const losers = answers.filter(({ code }) => code === 'LOCKED')
  expect(losers).toHaveLength(count - 1)
  expect(new Set(losers.map(({ owner }) => owner))).toEqual(new Set([winners[0].pid]))
  const ended = Promise.all(owners.map(({ stdout }) => text(stdout)))
  for (const owner of owners) owner.kill('SIGKILL')
  await ended
}

/** A process that opens the file and stores what it is told to, until its input ends; it says how each of these went. */
export class OwnerProcess {
  static readonly #program = `
    import { createInterface } from 'node:readline'
    import { openDatabase } from 'convodb'
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
    const failure = (error) => ({ code: error.code, pid: error.details.pid })
    const [path, options] = process.argv.slice(1)
    const db = await openDatabase(path, JSON.parse(options)).catch((error) => say(failure(error)))
    if (db !== undefined) {
      say({ opened: process.pid })
      for await (const messageId of createInterface({ input: process.stdin })) {
        const message = { messageId, channelId: 'c', userId: 'u', content: '', timestamp: 1 }
        await db.storeMessage(message).then(({ outcome }) => say({ outcome }), (error) => say(failure(error)))
      }
      await db.close().then(() => say({ closed: true }), (error) => say(failure(error)))
    }`

  readonly #child: ChildProcessWithoutNullStreams
  readonly #lines: AsyncIterator<string>

  constructor(path: string, options: OpenOptions = {}) {
    const args = ['--input-type=module', '-e', OwnerProcess.#program, path, JSON.stringify(options)]
    this.#child = spawn(process.execPath, args)
    this.#child.stderr.pipe(process.stderr)
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** What it says next. */
  async says(): Promise<{
    opened?: number
    outcome?: string
    code?: string
    pid?: number
    closed?: boolean
  }> {
    const { value, done } = await this.#lines.next()
    return done === true ? {} : JSON.parse(value)
  }

  store(messageId: string) {
    this.#child.stdin.write(`${messageId}\n`)
    return this.says()
  }

  /** Lets it close its database. */
  async end() {
    this.#child.stdin.end()
    return this.says()
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name)
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const ended = once(this.#child, 'close')
    this.#child.kill('SIGKILL')
    await ended
  }
}
