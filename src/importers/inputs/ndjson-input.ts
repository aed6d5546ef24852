import type { ImportInput } from '../import-files.js'
import { readNdjson } from '../ndjson-lines.js'
import type { LineKind } from '../records.js'
import type { Source } from '../source.js'

/** A file of NDJSON whose lines are of one kind, where they do not say another. */
export const ndjsonInput = (source: Pick<Source, 'name' | 'read'>, kindOfFile: LineKind): ImportInput => ({
  name: source.name,
  format: 'ndjson',
  read: (notes) => readNdjson(source, kindOfFile, notes),
})
