import type { DatabaseManager } from '../../main/index.js'
import { isPostgresUrl } from '../../main/postgres-url.js'
import { printLine } from '../progress-lines.js'
import type { Difference } from './digests.js'
import { compareCounts } from './message-counts.js'
import type { Move } from './move.js'
import { takeOver } from './places.js'
import type { Report } from './report.js'

/** Rare enough that the writers may wait for it. */
const rounds = 3

interface Ends {
  /** The source's path or URL. */
  readonly from: string
  readonly source: DatabaseManager
  readonly target: DatabaseManager
}

/** So many rows are compared in a moment, for which the writers may wait. */
const fewRows = 50_000

/**
 * Keeps up with the source until it is told to switch over; then waits for the source's owner to end, takes the file, and brings the
 * rest. Says when others may write to the target; where there is much of what changes do not tell of, the last of it comes after that.
 */
export async function switchOver(
  move: Move,
  { from, source, target }: Ends,
  told: AbortSignal,
  report: Report,
): Promise<readonly Difference[]> {
  const isFile = !isPostgresUrl(from)
  printLine(
    isFile
      ? 'Following. To switch over press Ctrl-C or send SIGTERM.'
      : 'Following. To switch over end the writers, then press Ctrl-C or send SIGTERM.',
  )
  told.addEventListener('abort', () => printLine('Getting ready to switch over.'))
  let untoldRows: number | undefined
  let owned: Awaited<ReturnType<typeof takeOver>>
  try {
    await move.follow(async () => {
      if (!told.aborted) return false
      if (untoldRows === undefined) {
        untoldRows = (await move.bringUntold()).rows
        if (isFile) printLine('Ready. End the program that writes to the file.')
        return false
      }
      owned = await takeOver(from)
      return owned !== undefined
    })
    if (move.isStuck) {
      const settled = await move.settle(rounds)
      if (settled.differences.length > 0) return settled.differences
    }
    const isSoonDone = (untoldRows ?? 0) <= fewRows
    if (isSoonDone) {
      const { differences } = await move.bringUntold()
      if (differences.length > 0) return differences
    }
    const { messages, differences } = await compareCounts(source, target)
    if (differences.length > 0) return differences
    await move.noteSwitch()
    report.switchedOver(messages)
    return isSoonDone ? tellMoved([], report) : await finish(move, report)
  } finally {
    await owned?.close()
  }
}

/** Brings what came of it last, while others write to the target. */
export const finish = async (move: Move, report: Report): Promise<readonly Difference[]> =>
  tellMoved((await move.bringUntold({ onlyAdd: true })).differences, report)

function tellMoved(differences: readonly Difference[], report: Report): readonly Difference[] {
  if (differences.length === 0) report.restMoved()
  return differences
}
