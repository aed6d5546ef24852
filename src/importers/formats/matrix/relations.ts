import type { JsonObject } from '../../../protocol/models.js'
import { objectOf, textOf, trueOf } from '../json-fields.js'

/** How an event is bound to another (https://spec.matrix.org/v1.14/client-server-api/#forming-relationships-between-events). */
export interface Relation {
  readonly type: string | undefined
  readonly eventId: string | undefined
  /** Of a reaction. */
  readonly key: string | undefined
  /** What is answered; in a thread also where nothing is, for programs that know no threads. */
  readonly inReplyTo: string | undefined
}

export function relationOf(event: JsonObject): Relation {
  const relatesTo = objectOf(objectOf(event['content'])['m.relates_to'])
  const inReplyTo = textOf(objectOf(relatesTo['m.in_reply_to'])['event_id'])
  return {
    type: textOf(relatesTo['rel_type']),
    eventId: textOf(relatesTo['event_id']),
    key: textOf(relatesTo['key']),
    inReplyTo: trueOf(relatesTo['is_falling_back']) ? undefined : inReplyTo,
  }
}

/** What a server knows of what relates to an event, and puts beside it. */
export const bundled = (event: JsonObject, type: string): JsonObject =>
  objectOf(objectOf(objectOf(event['unsigned'])['m.relations'])[type])
