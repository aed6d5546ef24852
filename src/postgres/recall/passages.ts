import type { MessageRow } from '../../protocol/message-rows.js'
import type { Fused } from '../../protocol/recall/fuse.js'
import {
  distancesOf,
  membersOf,
  mergeNeighbourhoods,
  PassageList,
  type Neighbourhood,
  type Passage,
  type PassageMessage,
  type Width,
} from '../../protocol/recall/passages.js'
import type { Session } from '../connection/session.js'
import { rowOf, type KeyedRow } from '../reading/message-rows.js'
import { readRows } from '../search/hit-rows.js'
import { readAround } from '../tables/message-context.js'
import { findSegmentId, listMembersAround } from '../tables/recalled-segments.js'

/** In which channel each message and each segment is that was found. */
export interface Channels {
  readonly ofMessages: ReadonlyMap<number, string>
  readonly ofSegments: ReadonlyMap<number, string>
}

/** Up to `limit`, with what stands around. */
export async function passagesOf(
  session: Session,
  found: readonly Fused[],
  channels: Channels,
  limit: number,
  width: Width,
): Promise<readonly Passage[]> {
  const list = new PassageList()
  for (const fused of found) {
    if (list.passages.length === limit) break
    const channelId =
      channels.ofMessages.get(fused.messageKeys[0] ?? -1) ??
      channels.ofSegments.get(fused.segmentKey ?? -1) ??
      ''
    list.add(await passageOf(session, fused, channelId, width))
  }
  return list.passages
}

/** All that one is made of is in one channel. */
async function passageOf(session: Session, fused: Fused, channelId: string, width: Width): Promise<Passage> {
  const { segmentKey, messageKeys } = fused
  const members = membersOf(fused, width)
  const messages =
    members === undefined
      ? await around(session, channelId, messageKeys, width.context)
      : await membersAround(session, channelId, members.segmentKey, messageKeys, members.limit)
  const segmentId = segmentKey === undefined ? null : await findSegmentId(session, channelId, segmentKey)
  return { fused, channelId, segmentId, messages }
}

/** Up to `limit` members around the best hit; of a segment that was found itself its first ones. */
async function membersAround(
  session: Session,
  channelId: string,
  segmentKey: number,
  hitKeys: readonly number[],
  limit: number,
): Promise<PassageMessage[]> {
  const keys = await listMembersAround(session, channelId, segmentKey, hitKeys[0], limit)
  const distances = distancesOf(keys, hitKeys)
  const rows = await readRows(
    session,
    keys.map((key) => ({ key, channelId })),
  )
  return keys.flatMap((key, index) => {
    const row = rows.get(key)
    return row === undefined ? [] : [{ row: rowOf(row), distance: distances[index] ?? 0 }]
  })
}

/** The hits with their neighbours in the channel, in its order. */
async function around(
  session: Session,
  channelId: string,
  keys: readonly number[],
  context: number,
): Promise<PassageMessage[]> {
  const found = await Promise.all(
    keys.map((messageKey) => readAround(session, { channelId, messageKey }, context, context)),
  )
  const plain = (some: readonly KeyedRow[]): MessageRow[] => some.map(rowOf)
  const neighbourhoods: Neighbourhood[] = found.flatMap((each) =>
    each === undefined
      ? []
      : [{ before: plain(each.before), hit: rowOf(each.row), after: plain(each.after) }],
  )
  return mergeNeighbourhoods(neighbourhoods)
}
