import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { EmbeddingOwner } from '../../protocol/models.js'
import { begin } from '../connection/begin.js'
import { connect, disconnect, type ConnectSettings } from '../connection/connect.js'
import { toError } from '../connection/errors.js'
import { Session } from '../connection/session.js'
import { directionsOf } from '../tables/directions.js'
import { fillSome, type FillPlace } from './fill-directions.js'

/** Between two slices, for others. */
const pauseMs = 50
const retryMs = 10_000

const selectComment = `
  SELECT col_description(attrelid, attnum) = 'to be filled' AS "isToBeFilled" FROM pg_attribute
  WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction' AND NOT attisdropped`
const dropComment = `COMMENT ON COLUMN message_embeddings.direction IS NULL`
/** One process at a time, slice by slice. */
const tryLock = `SELECT pg_try_advisory_xact_lock(7121) AS taken`

/**
 * Gives pgvector the vectors that were stored before it came, in the background, over a connection of its own. They are found meanwhile as
 * well: compared one by one.
 */
export class DirectionFiller {
  readonly #settings: ConnectSettings
  readonly #end = new AbortController()
  readonly #running: Promise<void>

  constructor(settings: ConnectSettings) {
    this.#settings = settings
    this.#running = this.#fillAll()
  }

  async close(): Promise<void> {
    this.#end.abort()
    await this.#running
  }

  /** Until all are filled, by whichever process. What fails is tried again: nobody is waiting. */
  async #fillAll(): Promise<void> {
    let warned: string | undefined
    while (!this.#end.signal.aborted) {
      try {
        await this.#fill()
        return
      } catch (error) {
        const { code, message } = toError(error)
        if (code !== 'UNREACHABLE' && code !== 'BUSY' && message !== warned)
          process.emitWarning(`Vectors could not be given to pgvector, which is tried again: ${message}`, {
            code: 'CONVODB_PGVECTOR',
          })
        warned = message
        await this.#pause(retryMs)
      }
    }
  }

  async #fill(): Promise<void> {
    const client = await connect(this.#settings)
    client.unref()
    try {
      for (const owner of ['message', 'segment'] as const) {
        let place: FillPlace | undefined
        for (let isFinished = false; !isFinished;) {
          const slice = await fillSlice(client, owner, place)
          if (slice === 'over' || this.#end.signal.aborted) return
          if (slice !== 'elsewhere') place = slice.next
          isFinished = slice !== 'elsewhere' && place === undefined
          await this.#pause(slice === 'elsewhere' ? retryMs : pauseMs)
        }
      }
      await new Session(client).run(dropComment)
    } finally {
      await disconnect(client)
    }
  }

  async #pause(ms: number): Promise<void> {
    await wait(ms, undefined, { ref: false, signal: this.#end.signal }).catch(() => 'it is closed')
  }
}

/** `elsewhere`: another process is at it. `over`: all are filled, or the column is gone. */
type Slice = 'over' | 'elsewhere' | { readonly next: FillPlace | undefined }

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
    const slice = isOver ? 'over' : isTaken ? { next: await fillSome(session, owner, place) } : 'elsewhere'
    await session.run('COMMIT')
    return slice
  } catch (error) {
    await session.run('ROLLBACK').catch(() => 'the connection is gone, and the transaction with it')
    throw error
  }
}
