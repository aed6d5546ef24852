import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { OpenOptions } from 'convodb'
import { afterEach, expect } from 'vitest'
import { temporaryDatabase, temporaryFolder } from './databases.js'

/** A process that opens the file and stores what it is told to, until its input ends; it says how each of these went. */
class OwnerProcess {
  static readonly #program = `
    import { createInterface } from 'node:readline'
    import { openDatabase } from 'convodb'
    const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n')
    const failure = (error) => ({ code: error.code, pid: error.details.pid })
    const [path, options] = process.argv.slice(1)
    const db = await openDatabase(path, { readers: 1, ...JSON.parse(options) }).catch((error) => say(failure(error)))
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

const processes: OwnerProcess[] = []
afterEach(async () => {
  for (const owner of processes.splice(0)) await owner.kill()
})

/** Starts a process that opens the file; it need not succeed. */
export function start(path: string): OwnerProcess {
  const owner = new OwnerProcess(path)
  processes.push(owner)
  return owner
}

/** A database in another process, with a message in its log. */
export async function owned() {
  const folder = await temporaryFolder()
  const path = join(folder, 'chat.db')
  const owner = start(path)
  expect(await owner.says()).toMatchObject({ opened: owner.pid })
  expect(await owner.store('first')).toEqual({ outcome: 'inserted' })
  return { folder, path, owner, pid: owner.pid }
}

/** What the owner has stored is there, it can store more, and the file is whole after it has closed it. */
export async function expectUnharmed(path: string, owner: OwnerProcess): Promise<void> {
  expect(await owner.store('last')).toEqual({ outcome: 'inserted' })
  expect(await owner.end()).toEqual({ closed: true })
  const db = await temporaryDatabase({}, path)
  expect(await db.getMessagesByIds(['first', 'last'])).toHaveLength(2)
  expect(await db.verify()).toMatchObject({ isOk: true })
}
