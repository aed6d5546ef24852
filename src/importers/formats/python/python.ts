import type { PythonTable } from '../../../protocol/python-database.js'
import { found, type Found, type Place } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import type { Format } from '../format.js'
import { readPages } from './reader-thread.js'
import { ActivityOfUsers } from './activity.js'
import { draftsOf } from './drafts.js'

const signature = 'SQLite format 3\0'

/** A database of the Python original: every row over, and a report of what was inconsistent in it. */
export const python: Format = {
  name: 'python',
  recognizes: ({ bytes }) => bytes.subarray(0, signature.length).toString('latin1') === signature,
  read: (source, notes) => readDatabase(source, notes),
}

async function* readDatabase(source: Source, notes: Notes): AsyncGenerator<Found> {
  const { filePath, name } = source
  if (filePath === undefined) {
    notes.complain(name, 'is a database, which is read from a file only: save it, and import the file')
    return
  }
  const rows = new Map<PythonTable, number>()
  const activity = new ActivityOfUsers()
  for await (const page of readPages(filePath, name, notes.signal)) {
    if (page.kind === 'passedOver') {
      notes.leaveOut(`rows of ${page.table}`, page.rows)
    } else if (page.kind === 'damaged') {
      notes.complain(name, `can not be read whole: ${page.table}: ${page.reason}`)
    } else if (page.kind === 'inconsistent') {
      notes.complain(name, `is inconsistent: ${page.times} ${page.what}`)
    } else {
      for (const row of page.rows) {
        const number = (rows.get(page.table) ?? 0) + 1
        rows.set(page.table, number)
        const place: Place = { file: name, at: `${page.table}[${number}]` }
        for (const draft of draftsOf(page.table, row, notes)) yield found(place, draft, bytesOf(row))
        if (page.table === 'users') activity.note(row, notes)
      }
    }
  }
  yield* activity.tell(name)
}

const bytesOf = (row: object): number =>
  Object.values(row).reduce<number>(
    (sum, value) =>
      sum + (typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 8),
    100,
  )
