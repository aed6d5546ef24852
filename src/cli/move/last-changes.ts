import type { ChangeEvent } from '../../main/index.js'

/**
 * All changes of one thing bring it as it is by now, so the last will do, in its place. What was deleted and came again is deleted first:
 * what hung on it has not come again.
 */
export function lastOfEach(changes: readonly ChangeEvent[]): ChangeEvent[] {
  const last = new Map<string, ChangeEvent>()
  const deletions = new Map<string, ChangeEvent>()
  const reborn = new Set<string>()
  for (const change of changes) {
    const key = keyOf(change)
    if (change.kind === 'messageDeleted' || change.kind === 'userDeleted') deletions.set(key, change)
    else if (comesAnew(change) && deletions.has(key)) reborn.add(key)
    // Moves it behind those that have come since.
    last.delete(key)
    last.set(key, change)
  }
  return [...last].flatMap(([key, change]) => {
    const deletion = reborn.has(key) ? deletions.get(key) : undefined
    return deletion === undefined || deletion === change ? [change] : [deletion, change]
  })
}

/** A message that is told of as updated behind its deletion has gone to another channel, with all that hangs on it. */
const comesAnew = ({ kind }: ChangeEvent): boolean => kind === 'messageStored' || kind === 'userUpdated'

function keyOf(change: ChangeEvent): string {
  if ('messageId' in change) return `message ${change.messageId}`
  if ('segmentId' in change) return `segment ${change.segmentId}`
  if ('userHash' in change) return `forgotten ${change.userHash}`
  if (change.kind === 'profileUpdated') return `profile ${change.userId}`
  return 'userId' in change ? `user ${change.userId}` : `${change.kind} ${change.channelId}`
}
