import { afterAllTime, beforeAllTime, decodeCursor, encodeCursor } from '../../protocol/cursors.js'
import { defaultLimit } from '../../protocol/limits.js'
import type { WireParams, WireResult } from '../../protocol/operations.js'
import type { Order } from '../../protocol/parameters.js'
import type { Session } from '../connection/session.js'
import { lengthOf, rowColumns, type KeyedRow } from '../reading/message-rows.js'
import { gatherPage } from '../reading/paging.js'
import { placeOf, startOf } from './channel-messages.js'
import { withShown } from './shown-with-messages.js'

// A range of messages_by_user (user_id, timestamp, message_key); those of other channels are passed over.
const select = `
  /* all nodes */ SELECT ${rowColumns} FROM messages
  WHERE messages.user_id = $1 AND ($6::text[] IS NULL OR messages.channel_id = ANY ($6::text[]))`
const listing: { readonly [O in Order]: string } = {
  desc: `
    ${select} AND (messages.timestamp, messages.message_key) < ($2::bigint, $3::bigint) AND messages.timestamp > $4
    ORDER BY messages.timestamp DESC, messages.message_key DESC LIMIT $5`,
  asc: `
    ${select} AND (messages.timestamp, messages.message_key) > ($2::bigint, $3::bigint) AND messages.timestamp < $4
    ORDER BY messages.timestamp ASC, messages.message_key ASC LIMIT $5`,
}

/** In which channels there may be any for whoever asks; null: in all. */
export function channelsOf({ scope }: Session, channelId: string | undefined): readonly string[] | null {
  if (channelId !== undefined) return scope.has(channelId) ? [channelId] : []
  return scope.isHeld ? scope.channelIds : null
}

export async function getUserMessages(
  session: Session,
  params: WireParams<'getUserMessages'>,
): Promise<WireResult<'getUserMessages'>> {
  const { userId, channelId, limit = defaultLimit, order = 'desc', cursor, before, after } = params
  const start = cursor === undefined ? startOf(order, { before, after }) : decodeCursor(cursor)
  const end = order === 'desc' ? (after ?? beforeAllTime) : (before ?? afterAllTime)
  const channels = channelsOf(session, channelId)
  const bound = channels && session.ids(channels)
  const { rows, last } = await gatherPage<KeyedRow>({
    limit,
    find: (previous, count) => {
      const { value, key } = previous === undefined ? start : placeOf(previous)
      return session.lists(listing[order], [session.id(userId), value, key, end, count, bound])
    },
    lengthOf,
  })
  return {
    items: await withShown(session, rows, params),
    nextCursor: last === undefined ? null : encodeCursor(placeOf(last)),
  }
}
