import { ConvoDbError } from '../main/index.js'
import type { Found } from './found.js'
import { readLines } from './lines.js'
import type { Notes } from './notes.js'
import { readRecord, type LineKind, type LineRecord } from './records.js'
import type { Source } from './source.js'
import type { TimeReading } from './time-fields.js'

/** Lines of NDJSON: an export's, which say their kind, or lines of one kind. */
export async function* readNdjson(
  source: Pick<Source, 'name' | 'read'>,
  kindOfFile: LineKind,
  notes: Notes,
): AsyncGenerator<Found> {
  const times = notes.timesOf(source.name)
  for await (const line of readLines(source.read(notes.signal))) {
    const place = { file: source.name, at: line.number }
    const record = 'problem' in line ? line.problem : tryRead(line.text, kindOfFile, times)
    if (typeof record === 'string') yield { place, reason: record }
    else yield { place, bytes: 'bytes' in line ? line.bytes : 0, record }
  }
}

/** The line's record, or why it is none. */
function tryRead(text: string, kindOfFile: LineKind, times: TimeReading): LineRecord | string {
  try {
    return readRecord(text, kindOfFile, times)
  } catch (error) {
    if (error instanceof ConvoDbError && error.code === 'INVALID_ARGUMENT') return error.message
    throw error
  }
}
