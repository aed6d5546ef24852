import type { WireParams } from '../../protocol/operations.js'
import type { WriteConnection } from '../connection/connection.js'
import { deleteRemovedReactions } from './message-reactions.js'
import { deleteVersionsOf } from './message-versions.js'
import { findPlace } from './messages.js'

/** Everything that was kept of a message beside what it is now. */
export function deleteMessageHistory(
  connection: WriteConnection,
  { messageId }: WireParams<'deleteMessageHistory'>,
): number {
  const message = findPlace(connection, messageId)
  if (message === undefined) return 0
  return deleteVersionsOf(connection, message.key) + deleteRemovedReactions(connection, message.key)
}
