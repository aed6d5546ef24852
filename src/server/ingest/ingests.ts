import type { Readable } from 'node:stream'
import { MessageChannel } from 'node:worker_threads'
import type { FastifyBaseLogger } from 'fastify'
import { ConvoDbError, type DatabaseManager } from '../../main/index.js'
import { settledWithin } from '../../main/executors/lanes/time.js'
import type { Caller } from '../access/caller.js'
import type { Metrics } from '../metrics.js'
import type { ResolvedServerOptions } from '../options.js'
import { Ingest } from './ingest.js'
import { IngestThread } from './ingest-thread.js'
import type { IngestSettings } from './messages.js'
import type { AskedSettings } from './read-settings.js'

type Limits = Pick<ResolvedServerOptions, 'maxIngests' | 'maxLineBytes' | 'ingestIdleTimeoutMs'>

const closed = (): ConvoDbError => new ConvoDbError('CLOSED', 'The server is being stopped')

/** The uploads that go on, and the thread that reads them: started with the first one, replaced with the next one if it was lost. */
export class Ingests {
  readonly #db: DatabaseManager
  readonly #metrics: Metrics
  readonly #limits: Limits
  readonly #logger: Pick<FastifyBaseLogger, 'error'>
  readonly #running = new Set<Ingest>()
  #thread: IngestThread | undefined
  #isClosed = false

  constructor(
    db: DatabaseManager,
    metrics: Metrics,
    limits: Limits,
    logger: Pick<FastifyBaseLogger, 'error'>,
  ) {
    this.#db = db
    this.#metrics = metrics
    this.#limits = limits
    this.#logger = logger
  }

  /** @throws OVERLOADED when there are as many as there may be; CLOSED, UNSUPPORTED */
  start(body: Readable, caller: Caller, asked: AskedSettings): Ingest {
    const { maxIngests, maxLineBytes, ingestIdleTimeoutMs } = this.#limits
    if (this.#isClosed) throw closed()
    if (this.#running.size >= maxIngests) {
      throw new ConvoDbError('OVERLOADED', `There are ${maxIngests} uploads already; try again later`, {
        maxIngests,
      })
    }
    const settings: IngestSettings = { ...asked, maxLineBytes, withinChannels: caller.held?.channels }
    const thread = (this.#thread ??= this.#startThread())
    const { port1: port, port2: theirs } = new MessageChannel()
    const ingest = new Ingest({
      body,
      port,
      caller,
      settings,
      idleTimeoutMs: ingestIdleTimeoutMs,
      metrics: this.#metrics,
    })
    this.#running.add(ingest)
    void ingest.ended.then(() => this.#running.delete(ingest))
    thread.begin(theirs, settings)
    return ingest
  }

  /** Ends all of them in good order, or as they are when the time is over; then the thread. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true
    const running = [...this.#running]
    for (const ingest of running) ingest.stop(closed())
    const haveEnded = await settledWithin(timeoutMs, Promise.all(running.map(({ ended }) => ended)))
    if (!haveEnded) for (const ingest of running) ingest.abandon(closed())
    await this.#thread?.close(haveEnded ? 1_000 : 0)
  }

  #startThread(): IngestThread {
    const thread: IngestThread = new IngestThread(this.#db, (error) => {
      if (this.#thread === thread) this.#thread = undefined
      if (error !== undefined) this.#logger.error(error, 'the ingest thread was lost')
    })
    return thread
  }
}
