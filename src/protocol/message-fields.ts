import { id, json, nullable, optional, time } from './fields.js'
import { json as jsonResult, orNull, text, time as timeResult } from './results.js'

/**
 * What a message has beside its ids, its text and its time, in the order of its rows, columns and checksum. A new field is one line
 * here, a migration, a line in the interfaces by which callers know it (`NewMessage`, `UpdateMessageParams`, `Message`), and one where
 * rows are decoded (src/main/wire/row-decoders.ts), which the compiler asks for.
 */
const extraFields = {
  messageType: { column: 'message_type', kind: 'text', param: optional(id), result: text, absent: 'message' },
  replyToMessageId: {
    column: 'reply_to_message_id',
    kind: 'text',
    param: nullable(id),
    result: orNull(text),
    absent: null,
  },
  editedAt: {
    column: 'edited_at',
    kind: 'time',
    param: nullable(time),
    result: orNull(timeResult),
    absent: null,
  },
  metadata: {
    column: 'metadata',
    kind: 'json',
    param: nullable(json),
    result: orNull(jsonResult),
    absent: null,
  },
} as const

type ExtraFields = typeof extraFields
export type ExtraName = keyof ExtraFields

const isExtra = (name: string): name is ExtraName => Object.hasOwn(extraFields, name)
export const extraNames: readonly ExtraName[] = Object.keys(extraFields).filter(isExtra)
/** What one is made of. */
export type ExtraKind = ExtraFields[ExtraName]['kind']
export const extraKindOf = (name: ExtraName): ExtraKind => extraFields[name].kind
export const extraColumns: readonly string[] = extraNames.map((name) => extraFields[name].column)
/** What stands in the row where nothing was given. */
export const absentExtras: readonly (string | null)[] = extraNames.map((name) => extraFields[name].absent)

export const extraParams = each('param')
export const extraResults = each('result')

function each<Part extends 'param' | 'result'>(
  part: Part,
): { readonly [Name in ExtraName]: ExtraFields[Name][Part] }
function each(part: 'param' | 'result'): object {
  return Object.fromEntries(extraNames.map((name) => [name, extraFields[name][part]]))
}
