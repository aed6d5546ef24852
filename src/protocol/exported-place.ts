import { ConvoDbError } from './errors.js'
import type { ExportKind } from './transfer-parameters.js'

/** A place in a segment. */
export interface MemberPlace {
  readonly position: number
  readonly key: number
}

/** Behind which line an export goes on. */
export interface Place {
  /** The row's integer key; of forgotten users their hash in hexadecimal. */
  readonly key: number | string
  /** Of a segment the last member told of, where others may follow. */
  readonly member?: MemberPlace | undefined
}

export const firstPlace = (kind: ExportKind): Place => ({
  key: kind === 'forgotten' ? '' : Number.MIN_SAFE_INTEGER,
})

/** It says its kind, so that it is taken for no other. */
export function encodePlace(kind: ExportKind, { key, member }: Place): string {
  const text = member === undefined ? String(key) : `${key}.${member.position}.${member.key}`
  return Buffer.from(`${kind}:${text}`).toString('base64url')
}

const hash = /^[0-9a-f]{64}$/
const keys = /^(-?\d{1,16})(?:\.(-?\d{1,16})\.(-?\d{1,16}))?$/

/** @throws INVALID_ARGUMENT when it is not of this kind */
export function decodePlace(kind: ExportKind, cursor: string): Place {
  const [of, text = ''] = Buffer.from(cursor, 'base64url').toString('latin1').split(':', 2)
  if (of === kind && kind === 'forgotten' && hash.test(text)) return { key: text }
  const match = of === kind && kind !== 'forgotten' ? keys.exec(text) : null
  if (match !== null) {
    const [, key, position, messageKey] = match
    return {
      key: Number(key),
      member: position === undefined ? undefined : { position: Number(position), key: Number(messageKey) },
    }
  }
  throw new ConvoDbError('INVALID_ARGUMENT', 'cursor must be the nextCursor before, unchanged', {
    field: 'cursor',
  })
}
