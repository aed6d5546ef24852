import { setTimeout as pause } from 'node:timers/promises'
import { ConvoDbError } from '../../protocol/errors.js'
import type { ChangePage } from '../../protocol/models.js'
import type { ListChangesParams } from '../../protocol/parameters.js'

export type ListChanges = (params: ListChangesParams) => Promise<ChangePage>

const firstPauseMs = 10
const longestPauseMs = 1_000

/** Reads a page; what may succeed later is tried again until it does, or nobody wants it any more. */
export async function listPatiently(
  list: ListChanges,
  params: ListChangesParams,
  isWanted: () => boolean,
): Promise<ChangePage> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await list(params)
    } catch (error) {
      if (!(error instanceof ConvoDbError) || !error.retryable || !isWanted()) throw error
      await pause(pauseMs, undefined, { ref: false })
    }
  }
}
