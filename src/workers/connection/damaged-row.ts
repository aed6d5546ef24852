import { ConvoDbError, type ErrorData } from '../../protocol/errors.js'
import type { ChecksumValue } from './checksums.js'

/**
 * What SQL calls where a row is not what its checksum says.
 *
 * @param table the row's table, and `key` its key there.
 * @param field what callers call the row's id, and `id` that id.
 * @throws CORRUPT naming the row, always
 */
export function refuseRow(table: string, key: ChecksumValue, field: string, id: ChecksumValue): never {
  throw new ConvoDbError(
    'CORRUPT',
    `Row ${String(key)} of ${table} (${field} '${String(id)}') is not what its checksum says: the file is damaged; ` +
      'store the row anew, or put back a backup with convodb restore',
    { [field]: String(id), table, key: String(key) },
  )
}

/** Whether an error is of one row, and of nothing else in the file. */
export const isOfOneRow = ({ code, details }: ErrorData): boolean =>
  code === 'CORRUPT' && details?.['table'] !== undefined
