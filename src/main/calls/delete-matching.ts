import type { MatchingMessages } from '../../protocol/listing-parameters.js'
import type { MessageIds } from '../../protocol/parameters.js'
import { ConvoDbError } from '../../protocol/errors.js'
import { checkCallOptions, type CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'

/** Whether messages are named by what they are like. What can not be looked at is refused where ids are read. */
export function isMatching(which: MessageIds | MatchingMessages): which is MatchingMessages {
  try {
    return typeof which === 'object' && which !== null && !('messageIds' in which)
  } catch {
    return false
  }
}

/** What is asked for stays so, whatever becomes of the caller's object meanwhile; what can not be copied is refused where it is read. */
function copyOf(given: MatchingMessages): MatchingMessages {
  try {
    return { ...given }
  } catch {
    return given
  }
}

/** Slice by slice; each is an operation of its own, in the queue with all others. */
export async function deleteMatching<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
  given: MatchingMessages,
  options: CallOptions = {},
): Promise<number> {
  const { signal, timeoutMs } = checkCallOptions(options)
  const deadlineMs = timeoutMs === undefined ? Infinity : performance.now() + timeoutMs
  const matching = copyOf(given)
  let deletedMessages = 0
  let cursor: string | undefined
  do {
    const params = cursor === undefined ? matching : { ...matching, cursor }
    const slice = await execute('deleteMatchingMessages', params, { signal })
    deletedMessages += slice.deletedMessages
    cursor = slice.nextCursor ?? undefined
    if (cursor !== undefined) assertMayGoOn(deletedMessages, deadlineMs, signal)
  } while (cursor !== undefined)
  return deletedMessages
}

function assertMayGoOn(deletedMessages: number, deadlineMs: number, signal: AbortSignal | undefined): void {
  const isAborted = signal?.aborted === true
  if (!isAborted && performance.now() < deadlineMs) return
  throw new ConvoDbError(
    isAborted ? 'ABORTED' : 'TIMEOUT',
    `Deleting was ended between two slices; ${deletedMessages} messages are deleted, call it again for the rest`,
    { deletedMessages },
  )
}
