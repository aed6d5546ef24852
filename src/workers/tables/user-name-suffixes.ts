import { foldName } from '../../protocol/fold-name.js'
import type { WriteConnection } from '../connection/connection.js'

const insertSuffix = `INSERT OR IGNORE INTO user_name_suffixes (suffix, user_key) VALUES (?, ?)`
// Seeks user_name_suffixes_by_user.
const deleteSuffixes = `DELETE FROM user_name_suffixes WHERE user_key = ?`

/** Longer names and queries are found by their start and then compared whole. */
const maxSuffixLength = 64

/** As much of `text` as the index holds of one suffix, in code points. */
export function longestSuffix(text: string): string {
  return [...text].slice(0, maxSuffixLength).join('')
}

/** What a name is found by: all that it ends in, each cut where the index ends. */
export function suffixesOf(foldedName: string): string[] {
  const characters = [...foldedName]
  return characters.map((_, start) => characters.slice(start, start + maxSuffixLength).join(''))
}

/** Makes the user findable by any part of `displayName`, and by no earlier name. Returns how many entries that removed. */
export function indexDisplayName(
  connection: WriteConnection,
  userKey: number,
  displayName: string | null,
): number {
  const removed = connection.run(deleteSuffixes, [userKey])
  for (const suffix of suffixesOf(foldName(displayName ?? '')))
    connection.run(insertSuffix, [suffix, userKey])
  return removed
}
