import type { EmbeddingOwner } from '../../protocol/models.js'
import type { Session } from '../connection/session.js'
import { findPlaces } from './message-places.js'
import { findSegments } from './segment-places.js'

/** Where a message or a segment is that has vectors. */
export interface OwnerPlace {
  readonly channelId: string
  readonly key: number
}

/** By id, those that are there for whoever asks. */
export async function findOwners(
  session: Session,
  owner: EmbeddingOwner,
  ids: readonly string[],
  options = {},
): Promise<Map<string, OwnerPlace>> {
  if (owner === 'message') {
    const places = await findPlaces(session, ids, options)
    return new Map([...places].map(([id, { channelId, messageKey }]) => [id, { channelId, key: messageKey }]))
  }
  const places = await findSegments(session, ids, options)
  return new Map([...places].map(([id, { channelId, segmentKey }]) => [id, { channelId, key: segmentKey }]))
}
