import type { Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { asFarAsWhole, quietly } from '../as-far-as-whole.js'
import type { Format } from '../format.js'
import { objectOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import { readableAgain } from '../readable-again.js'
import { hasNames, shapeOf } from '../shape.js'
import { Later } from './later.js'
import { MatrixRoom } from './room.js'

const heads = ['room_name', 'room_creator', 'topic']

/** Of edits and reactions that are kept at once. */
const maxLaterBytes = 32 * 1024 * 1024

/** "Export chat" of Element for the web and the desktop, as JSON: 1.9 (2021) to today, a room a file. */
export const matrix: Format = {
  name: 'matrix',
  recognizes: ({ text }) => {
    const shape = shapeOf(text)
    return hasNames(shape, 'room_name') && (hasNames(shape, 'messages') || hasNames(shape, 'export_date'))
  },
  read: (source, notes) => readRoom(source, notes, maxLaterBytes),
}

/**
 * Edits and reactions are events of their own, that come after what they change. So the file is read for them first; where they are too
 * many to be kept at once, the room is read in parts, each with those of its own events.
 */
export async function* readRoom(source: Source, notes: Notes, maxBytes: number): AsyncGenerator<Found> {
  const again = await readableAgain(source, notes.signal)
  try {
    const all = await findLater(again.source, notes, new Later(maxBytes))
    if (all.isWhole) {
      yield* readPart(again.source, notes, all, () => true)
      return
    }
    const parts = Math.ceil((all.bytes * 2) / maxBytes)
    for (let part = 0; part < parts; part += 1) {
      const isMine = (eventId: string) => partOf(eventId, parts) === part
      const later = await findLater(again.source, notes, new Later(Infinity, isMine))
      yield* readPart(again.source, part === 0 ? notes : quietly(notes), later, isMine)
    }
  } finally {
    await again.close()
  }
}

async function findLater(source: Source, notes: Notes, later: Later): Promise<Later> {
  const quiet = quietly(notes)
  for await (const { value } of readJsonValues(asFarAsWhole(source, quiet), ['$.messages.*'], quiet)) {
    later.add(objectOf(value))
  }
  return later
}

async function* readPart(
  source: Source,
  notes: Notes,
  later: Later,
  isMine: (eventId: string) => boolean,
): AsyncGenerator<Found> {
  const room = new MatrixRoom(source.name, notes, later, isMine)
  const places = [...heads.map((name) => `$.${name}`), '$.messages.*']
  for await (const { path, value } of readJsonValues(asFarAsWhole(source, notes), places, notes)) {
    if (path[0] === 'messages') yield* room.add(value)
    else room.setHead(String(path[0]), value)
  }
  yield* room.finish()
}

function partOf(eventId: string, parts: number): number {
  let sum = 0
  for (let at = 0; at < eventId.length; at += 1) sum = (sum * 31 + eventId.charCodeAt(at)) >>> 0
  return sum % parts
}
