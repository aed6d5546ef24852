import { ConvoDbError } from '../../protocol/errors.js'

/**
 * The key from which a walk goes on. In a damaged tree SQLite may answer a search for greater keys with smaller ones, and the
 * walk would go round for ever.
 *
 * @throws CORRUPT when the key is not greater than the one before
 */
export function risingKey(table: string, before: number, key: number): number {
  if (key > before) return key
  throw new ConvoDbError(
    'CORRUPT',
    `The keys of ${table} are not in their order: the file is damaged; put back a backup with convodb restore`,
  )
}
