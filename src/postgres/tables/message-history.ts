import type { WireParams } from '../../protocol/operations.js'
import type { Session } from '../connection/session.js'
import { forgetAnswers } from './idempotency-keys.js'
import { findPlace } from './message-places.js'
import { deleteRemovedReactions } from './message-reactions.js'
import { deleteVersionsOf } from './message-versions.js'

/** Everything that was kept of a message beside what it is now. */
export async function deleteMessageHistory(
  session: Session,
  { messageId }: WireParams<'deleteMessageHistory'>,
): Promise<number> {
  const place = await findPlace(session, messageId)
  if (place === undefined) return 0
  const { messageKey, channelId } = place
  const versions = await deleteVersionsOf(session, messageKey, channelId)
  const reactions = await deleteRemovedReactions(session, messageKey, channelId)
  if (versions + reactions > 0) await forgetAnswers(session)
  return versions + reactions
}
