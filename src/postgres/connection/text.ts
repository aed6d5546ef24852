import { createHash } from 'node:crypto'

/*
 * PostgreSQL keeps no U+0000, so U+0000 is written as U+0001 and `0`, and U+0001 as U+0001 and `1`. Other texts are as they are.
 * An id whose bytes do not fit an index's entry stands as U+0001, `#` and its hash; the table long_ids knows it whole.
 */

const escape = '\u0001'

/** An entry of an index holds 2,704 bytes (https://www.postgresql.org/docs/current/btree.html), and some have two ids. */
const maxIdBytes = 512

export const encodeText = (text: string): string =>
  text.includes('\u0000') || text.includes(escape)
    ? text.replaceAll(escape, `${escape}1`).replaceAll('\u0000', `${escape}0`)
    : text

export const decodeText = (text: string): string =>
  text.includes(escape) ? text.replaceAll(`${escape}0`, '\u0000').replaceAll(`${escape}1`, escape) : text

/** How an id is kept, where that is plain to see: as it is. */
export const isPlainId = (id: string): boolean => id.length <= maxIdBytes / 3 && encodeText(id) === id

/** How an id is kept, and that it is a long one. */
export function encodeId(id: string): { readonly text: string; readonly isLong: boolean } {
  const text = encodeText(id)
  if (text.length <= maxIdBytes / 3 || Buffer.byteLength(text) <= maxIdBytes) return { text, isLong: false }
  const hash = createHash('sha256').update(text, 'utf8').digest('base64url')
  return { text: `${escape}#${hash}`, isLong: true }
}

export const isLongId = (text: string): boolean => text.startsWith(`${escape}#`)
