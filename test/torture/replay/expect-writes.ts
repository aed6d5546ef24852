import type { FaultWrite } from '../children/fault-task.js'

type Expected = Pick<FaultWrite, 'writeId' | 'messageCount' | 'outcome'>

/** After these nobody knows whether the write is there. */
const isUncertain = (outcome: string): boolean => outcome === 'OUTCOME_UNKNOWN' || outcome === 'unanswered'

/**
 * Compares the messages found with how each write ended: what was acknowledged is there, what was refused is not, and
 * what is unknown is there wholly or not at all.
 *
 * @returns what contradicts that, in words
 */
export function findBrokenPromises(writes: readonly Expected[], rows: ReadonlyMap<string, string>): string[] {
  const found = new Map<number, number>()
  for (const name of rows.keys()) {
    const writeId = /^message (\d+)-/.exec(name)?.[1]
    if (writeId !== undefined) found.set(Number(writeId), (found.get(Number(writeId)) ?? 0) + 1)
  }
  return writes.flatMap(({ writeId, messageCount, outcome }) => {
    const count = found.get(writeId) ?? 0
    const isWhole = count === messageCount
    if (count > 0 && !isWhole)
      return `write ${writeId} (${outcome}) is there in part: ${count} of ${messageCount}`
    if (outcome === 'ok' && !isWhole) return `write ${writeId} was acknowledged and is not there`
    if (outcome !== 'ok' && !isUncertain(outcome) && isWhole)
      return `write ${writeId} was refused (${outcome}) and is there`
    return []
  })
}
