/**
 * A place in the stream of changes: all messages with keys up to `messageKey` and all other changes with ids up to `changeId` lie
 * before it. Both only grow, in the order of the commits.
 */
export interface ChangePlace {
  readonly messageKey: number
  readonly changeId: number
}

const base = 36
const shape = /^c([0-9a-z]{1,11})\.([0-9a-z]{1,11})$/

/** As short text, of letters that stand in a URL and in a header as they are. */
export const encodeChangeCursor = ({ messageKey, changeId }: ChangePlace): string =>
  `c${messageKey.toString(base)}.${changeId.toString(base)}`

/** Undefined where the text is no cursor of this kind. */
export function decodeChangeCursor(cursor: string): ChangePlace | undefined {
  const [, messageKey = '', changeId = ''] = shape.exec(cursor) ?? []
  const place = { messageKey: parseInt(messageKey, base), changeId: parseInt(changeId, base) }
  return Number.isSafeInteger(place.messageKey) && Number.isSafeInteger(place.changeId) ? place : undefined
}

/** Whether whoever is at `place` has had all that lies before `other`. */
export const hasPassed = (place: ChangePlace, other: ChangePlace): boolean =>
  place.messageKey >= other.messageKey && place.changeId >= other.changeId
