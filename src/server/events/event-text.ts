import { ConvoDbError, toJsonForm, type ChangeEvent } from '../../main/index.js'
import type { Caller } from '../access/caller.js'
import { toldTo } from '../access/told-errors.js'

/** A cursor as this caller gets it. */
const toldCursor = ({ held }: Caller, cursor: string): string => held?.cursors.sealAnew(cursor) ?? cursor

/** Where the stream begins, and where the changes ended when it was opened: up to there it is told of what was before. */
export const startText = (caller: Caller, cursor: string, openedAt: string): string =>
  `id: ${toldCursor(caller, cursor)}\nevent: started\ndata: ${JSON.stringify({ cursor: toldCursor(caller, openedAt) })}\n\n`

/** How far the stream is while there is nothing to tell. */
export const placeText = (caller: Caller, cursor: string | undefined): string =>
  cursor === undefined ? ':\n\n' : `id: ${toldCursor(caller, cursor)}\n\n`

const texts = new WeakMap<ChangeEvent, string>()

/** All subscribers that are for all channels get the same text of a change; it is made once. */
export function eventText(caller: Caller, event: ChangeEvent): string {
  if (caller.held !== null) return toText({ ...event, cursor: toldCursor(caller, event.cursor) })
  const text = texts.get(event) ?? toText(event)
  texts.set(event, text)
  return text
}

const toText = (event: ChangeEvent): string =>
  `id: ${event.cursor}\nevent: ${event.kind}\ndata: ${JSON.stringify(toJsonForm(event))}\n\n`

export function errorText(caller: Caller, error: unknown): string {
  const ours = error instanceof ConvoDbError ? error : new ConvoDbError('INTERNAL', String(error))
  return `event: error\ndata: ${JSON.stringify(toldError(caller, ours))}\n\n`
}

/** What a slow client is told is of its own stream alone, and where it can go on. */
function toldError(caller: Caller, error: ConvoDbError): ConvoDbError {
  const { code, message, details } = error
  const { cursor } = details
  if (code !== 'OVERLOADED' || typeof cursor !== 'string') return toldTo(caller, error)
  return new ConvoDbError(code, message, { ...details, cursor: toldCursor(caller, cursor) })
}
