import { expect } from 'vitest'
import { decodeChangeCursor, hasPassed } from '../../src/protocol/change-cursor.js'
import type { Deed, FollowReport, Seen } from '../torture/children/follow-task.js'

const placeOf = (cursor: string) => decodeChangeCursor(cursor) ?? { messageKey: -1, changeId: -1 }

/** What one follower saw, against what was done: nothing skipped, nothing twice, in one order. */
function faultsOf(seen: readonly Seen[], report: FollowReport, channelId?: string): string[] {
  const faults: string[] = []
  // Twice, or out of order: behind each cursor lies the next one.
  for (const [index, { cursor, told }] of seen.entries()) {
    const before = seen[index - 1]
    if (before === undefined) continue
    const isNext = before.cursor !== cursor && hasPassed(placeOf(cursor), placeOf(before.cursor))
    if (!isNext) faults.push(`${told} at ${cursor} does not lie behind ${before.told} at ${before.cursor}`)
  }
  // Skipped: what can still be read from the start.
  const cursors = new Set(seen.map(({ cursor, told }) => `${cursor} ${told}`))
  for (const { cursor, told, channelId: of } of report.afterwards) {
    if (channelId !== undefined && of !== channelId) continue
    if (!cursors.has(`${cursor} ${told}`)) faults.push(`${told} at ${cursor} was skipped`)
  }
  if (channelId === undefined) faults.push(...againstDeeds(seen, report))
  return faults
}

/** Against the model: what each message's writer knows that it did. */
function againstDeeds(seen: readonly Seen[], { deeds, messages }: FollowReport): string[] {
  const told = Map.groupBy(
    seen.filter((each) => each.told.startsWith('message')),
    (each) => each.told.slice(each.told.indexOf(' ') + 1),
  )
  const done = Map.groupBy(deeds, (deed) => deed.messageId)
  const faults = [...told.keys()].filter((id) => !done.has(id)).map((id) => `${id} was never stored`)
  for (const [messageId, own] of done) {
    const events = told.get(messageId) ?? []
    const isThere = Object.hasOwn(messages, messageId)
    const count = (kind: string): number => events.filter((event) => event.told.startsWith(kind)).length
    const atLeast = (step: Deed['step']): number =>
      own.filter((deed) => deed.step === step && deed.outcome === 'done').length
    const atMost = (step: Deed['step']): number =>
      own.filter((deed) => deed.step === step && deed.outcome !== 'refused').length
    const [stored, updated, deleted] = [
      count('messageStored'),
      count('messageUpdated'),
      count('messageDeleted'),
    ]
    const isWhole =
      stored <= atMost('store') &&
      updated <= atMost('update') &&
      deleted >= atLeast('delete') &&
      deleted <= atMost('delete') &&
      // Of what is gone nothing else need have been told.
      (!isThere || (stored === 1 && updated >= atLeast('update') && deleted === 0)) &&
      (isThere || deleted === 1 || atLeast('store') === 0)
    const lastVersion = events.findLast((event) => event.version !== null)?.version
    const agrees = !isThere || lastVersion === messages[messageId]
    if (!isWhole || !agrees)
      faults.push(
        `${messageId}: ${JSON.stringify(own)} was told as ${JSON.stringify(events)}, is ${messages[messageId]}`,
      )
  }
  return faults
}

export function expectFollowed(report: FollowReport): void {
  for (const [name, seen] of Object.entries(report.seen)) {
    const channelId = name.startsWith('one channel') ? 'c1' : undefined
    expect(faultsOf(seen, report, channelId).slice(0, 5), name).toEqual([])
    expect(seen.length, name).toBeGreaterThan(20)
  }
}
