import type { Session } from '../connection/session.js'
import { encodeId } from '../connection/text.js'

const selectOfCatalogue = `
  SELECT 1 WHERE EXISTS (SELECT 1 FROM message_places WHERE message_id = $1)
    OR EXISTS (SELECT 1 FROM segment_places WHERE segment_id = $1)
    OR EXISTS (SELECT 1 FROM embedding_models WHERE model = $1)
    OR EXISTS (SELECT 1 FROM embedding_places WHERE model = $1)
    OR EXISTS (SELECT 1 FROM changes WHERE subject_id = $1 OR channel_id = $1)`
const selectChannel = `SELECT 1 FROM channels WHERE channel_id = $1`
// No index leads to these, and next to no user has such an id.
const selectMessage = `
  /* all nodes */ SELECT 1 FROM messages WHERE message_type = $1 OR reply_to_message_id = $1 LIMIT 1`
const selectReaction = `/* all nodes */ SELECT 1 FROM message_reactions WHERE reaction = $1 LIMIT 1`
const usesOfIds = [selectOfCatalogue, selectChannel, selectMessage, selectReaction]
const deleteLongId = `DELETE FROM long_ids WHERE short_id = $1`

/**
 * Takes away how the long id of a user was written who has no row any more, unless it is the id of something else, too, which could not be read
 * without.
 */
export async function forgetLongId(session: Session, userId: string): Promise<void> {
  if (!encodeId(userId).isLong) return
  const id = session.id(userId)
  for (const sql of usesOfIds) if ((await session.all(sql, [id])).length > 0) return
  session.dropLongId(id)
  await session.run(deleteLongId, [id])
}
