import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { EmbeddingOwner } from '../../protocol/models.js'
import { begin } from '../connection/begin.js'
import { connect, disconnect, type ConnectSettings } from '../connection/connect.js'
import { toError } from '../connection/errors.js'
import { Session } from '../connection/session.js'
import { directionsOf } from '../tables/directions.js'
import { buildDirectionIndexes } from './build-direction-indexes.js'
import { fillSome, type Filled, type FillPlace } from './fill-directions.js'

/** Between two slices, for others. */
const pauseMs = 50
/** About: several processes that were in each other's way do not meet again. */
const retryMs = 10_000
/** Two that meet over an index are told of it in more ways than BUSY ("tuple concurrently updated"). */
const mostAttempts = 3
const retryIndexMs = 1_000

const selectComment = `
  SELECT col_description(attrelid, attnum) = 'to be filled' AS "isToBeFilled" FROM pg_attribute
  WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped`
const dropComment = `COMMENT ON COLUMN message_embeddings.direction IS NULL`
/** One process at a time, slice by slice. */
const tryLock = `SELECT pg_try_advisory_xact_lock(7121) AS taken`

/**
 * Gives pgvector the vectors that were stored before it came, then has those indexed that it will never have; in the background, over a
 * connection of its own. All are found meanwhile as well: compared one by one. What one process leaves undone another one does.
 */
export class DirectionFiller {
  readonly #settings: ConnectSettings
  readonly #end = new AbortController()
  readonly #running: Promise<void>

  constructor(settings: ConnectSettings) {
    this.#settings = settings
    this.#running = this.#fillUntilDone().then(() => this.#indexUntilDone())
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  /** What fails is tried again: nobody is waiting. */
  async #fillUntilDone(): Promise<void> {
    let warned: string | undefined
    while (!this.#end.signal.aborted) {
      try {
        await this.#fill()
        return
      } catch (error) {
        if (this.#end.signal.aborted) return
        const { message } = toError(error)
        if (!isInTheWay(error) && message !== warned) {
          warn(`Vectors could not be given to pgvector, which is tried again: ${message}`)
          warned = message
        }
        await this.#pauseLong()
      }
    }
  }

  /** Whole tables are read for it, so it is given up where it is not others who are in the way. */
  async #indexUntilDone(): Promise<void> {
    const { signal } = this.#end
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      try {
        await buildDirectionIndexes(this.#settings, { signal, pause: () => this.#pauseLong() })
        return
      } catch (error) {
        if (signal.aborted) return
        if (!isInTheWay(error) && attempt >= mostAttempts) {
          const { message } = toError(error)
          warn(
            `Vectors that pgvector has not could not be indexed, which is tried when the database is opened again: ${message}`,
          )
          return
        }
        await (isInTheWay(error) ? this.#pauseLong() : this.#pause(retryIndexMs))
      }
    }
  }

  async #fill(): Promise<void> {
    const client = await connect(this.#settings)
    client.unref()
    try {
      for (const owner of ['message', 'segment'] as const)
        if ((await this.#fillAll(client, owner)) === 'over') return
      if (!this.#end.signal.aborted) await new Session(client).run(dropComment)
    } finally {
      await disconnect(client)
    }
  }

  /** Walks over all that lack a direction, again where others held some of them meanwhile. */
  async #fillAll(client: pg.Client, owner: EmbeddingOwner): Promise<'filled' | 'over'> {
    let place: FillPlace | undefined
    for (let hasSkipped = false; !this.#end.signal.aborted;) {
      const slice = await fillSlice(client, owner, place)
      if (slice === 'over') return 'over'
      if (slice === 'elsewhere') {
        await this.#pauseLong()
        continue
      }
      place = slice.next
      hasSkipped ||= slice.hasSkipped
      if (place === undefined && !hasSkipped) return 'filled'
      if (place === undefined) hasSkipped = false
      await (place === undefined ? this.#pauseLong() : this.#pause(pauseMs))
    }
    return 'over'
  }

  #pauseLong(): Promise<void> {
    return this.#pause(retryMs * (0.75 + Math.random() / 2))
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { ref: false, signal: this.#end.signal }).catch(() => 'it is closed')
  }
}

function isInTheWay(error: unknown): boolean {
  const { code } = toError(error)
  return code === 'UNREACHABLE' || code === 'BUSY'
}

const warn = (message: string): void => process.emitWarning(message, { code: 'CONVODB_PGVECTOR' })

/** `elsewhere`: another process is at it. `over`: all are filled, or the column is not to be used. */
type Slice = 'over' | 'elsewhere' | Filled

async function fillSlice(
  client: pg.Client,
  owner: EmbeddingOwner,
  place: FillPlace | undefined,
): Promise<Slice> {
  const session = new Session(client)
  await begin(client, 'write')
  try {
    const state = await session.get<{ isToBeFilled: boolean }>(selectComment)
    const isOver = state?.isToBeFilled !== true || (await directionsOf(session)) !== 'usable'
    const isTaken = (await session.get<{ taken: boolean }>(tryLock))?.taken === true
    const slice = isOver ? 'over' : isTaken ? await fillSome(session, owner, place) : 'elsewhere'
    await session.run('COMMIT')
    return slice
  } catch (error) {
    await session.run('ROLLBACK').catch(() => 'the connection is gone, and the transaction with it')
    throw error
  }
}
