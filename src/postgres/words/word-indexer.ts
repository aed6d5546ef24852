import type pg from 'pg'
import { begin } from '../connection/begin.js'
import { connect, disconnect, type ConnectSettings } from '../connection/connect.js'
import { isConnectionLost, toError } from '../connection/errors.js'
import { Session } from '../connection/session.js'
import { countUnindexed } from '../tables/messages-to-index.js'
import { IndexingPace } from './indexing-pace.js'
import { indexSomeWords } from './index-words.js'

/** What comes in so short a time is indexed together. */
const gatherMs = 100
/** While another process indexes, or after a failure. */
const retryMs = 1_000
/** Another process may have left something. */
const idleMs = 10_000

/** Indexes words off the path of commits, over a connection of its own. What is not indexed yet is searched all the same. */
export class WordIndexer {
  readonly #settings: ConnectSettings
  readonly #pace = new IndexingPace()
  #client: pg.Client | undefined
  #timer: NodeJS.Timeout | undefined
  #dueAt = Infinity
  #running: Promise<void> | undefined
  #isClosed = false
  #warned: string | undefined

  constructor(settings: ConnectSettings) {
    this.#settings = settings
    this.#schedule(gatherMs)
  }

  /** To be called when messages may have been stored or changed. */
  wake(): void {
    this.#schedule(gatherMs)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    clearTimeout(this.#timer)
    this.#client?.ref()
    await this.#running
    await this.#drop()
  }

  #schedule(afterMs: number): void {
    const dueAt = performance.now() + afterMs
    if (this.#isClosed || dueAt >= this.#dueAt) return
    clearTimeout(this.#timer)
    this.#dueAt = dueAt
    this.#timer = setTimeout(() => this.#start(), afterMs).unref()
  }

  #start(): void {
    this.#dueAt = Infinity
    const before = this.#running ?? Promise.resolve()
    this.#running = before.then(() => this.#indexAll())
  }

  async #indexAll(): Promise<void> {
    try {
      while (!this.#isClosed) {
        if (await this.#mayWait()) {
          this.#schedule(gatherMs)
          return
        }
        const count = await this.#indexSome()
        if (count === 'none' || count === 0) {
          this.#schedule(count === 'none' ? idleMs : retryMs)
          return
        }
        this.#pace.note(count)
      }
    } catch (error) {
      // Searching goes on without it.
      if (!isConnectionLost(error)) this.#warn(error)
      await this.#drop()
      this.#schedule(retryMs)
    }
  }

  async #mayWait(): Promise<boolean> {
    if (this.#pace.isToLook(performance.now()))
      this.#pace.look(await countUnindexed(new Session(await this.#connect())), performance.now())
    return this.#pace.mayWait
  }

  async #connect(): Promise<pg.Client> {
    this.#client ??= await connect(this.#settings)
    // Whoever closes this waits for it.
    if (!this.#isClosed) this.#client.unref()
    return this.#client
  }

  async #indexSome(): ReturnType<typeof indexSomeWords> {
    const client = await this.#connect()
    const session = new Session(client)
    await begin(client, 'write')
    try {
      const outcome = await indexSomeWords(session)
      await session.commit()
      return outcome
    } catch (error) {
      const cause = await session.causeOf(error)
      await session.run('ROLLBACK')
      throw cause
    }
  }

  /** Of a failure that does not go away only once. */
  #warn(error: unknown): void {
    const { message } = toError(error)
    if (message !== this.#warned)
      process.emitWarning(`Words could not be indexed, which is tried again: ${message}`, {
        code: 'CONVODB_WORDS',
      })
    this.#warned = message
  }

  async #drop(): Promise<void> {
    const client = this.#client
    this.#client = undefined
    if (client !== undefined) await disconnect(client)
  }
}
