import type { ChangeEvent, DatabaseManager } from '../main/index.js'
import { ConvoDbError } from '../protocol/errors.js'
import { listenForInterrupt } from './interrupt.js'
import { giveUpAfter, onOutputClosed } from './write-out.js'

interface Following {
  readonly channelId?: string | undefined
  /** The cursor to go on from. */
  readonly after: string
  /** Ends it with its reason; see `watchFile`, to be called before anything is read. */
  readonly lost: AbortSignal
  /** Returns whether it was shown, to somebody who looks on. */
  readonly show: (event: ChangeEvent) => Promise<boolean>
}

/** How it ended. */
export interface FollowEnd {
  /** Behind all that was shown. */
  readonly cursor: string
  /** Of the signal that ended it; undefined where the reader of standard output has gone. */
  readonly exitCode: number | undefined
}

/**
 * Shows changes as they come, until a signal, or until nobody reads on.
 *
 * @throws FILE_LOST, and what a subscription throws
 */
export async function followChanges(
  db: DatabaseManager,
  { channelId, after, lost, show }: Following,
): Promise<FollowEnd> {
  const interrupt = listenForInterrupt(() => undefined)
  const closed = new AbortController()
  onOutputClosed(() => closed.abort())
  const signal = AbortSignal.any([interrupt.signal, closed.signal, lost])
  giveUpAfter(signal)
  // A subscription alone keeps no process alive.
  const alive = setInterval(() => undefined, 2 ** 30)
  signal.addEventListener('abort', () => clearInterval(alive), { once: true })
  let cursor = after
  while (!signal.aborted) {
    const changes = db.subscribe({ channelId, after: cursor, signal })
    try {
      for await (const event of changes) {
        if (!(await show(event))) {
          closed.abort()
          break
        }
        cursor = event.cursor
        if (signal.aborted) break
      }
    } catch (error) {
      // What came faster than it was shown is read again from where it was.
      if (!signal.aborted && !(error instanceof ConvoDbError && error.code === 'OVERLOADED')) {
        clearInterval(alive)
        throw error
      }
    }
  }
  lost.throwIfAborted()
  return { cursor, exitCode: interrupt.exitCode() }
}

/**
 * The cursor of now.
 *
 * @param channelId the channel that is followed: a key for certain channels may ask of one alone.
 */
export const presentCursor = async (db: DatabaseManager, channelId: string | undefined): Promise<string> =>
  (await db.listChanges({ channelId })).nextCursor
