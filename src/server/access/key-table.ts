import { ConvoDbError } from '../../main/index.js'
import type { KeyStore } from './key-store.js'
import { isStoredKey, type StoredKey } from './stored-key.js'

/** The keys in a PostgreSQL database, shared by all of its servers. @throws CANNOT_OPEN, NOT_FOUND, UNREACHABLE, UNSUPPORTED */
export async function openTableKeys(url: string, create: boolean): Promise<KeyStore> {
  const { openPostgresKeys } = await import('../../main/postgres-database.js')
  const table = await openPostgresKeys(url, create)
  return {
    async list() {
      const keys: readonly object[] = await table.list()
      return keys.map(assertKey)
    },
    add: (key) => table.add(key),
    addFirst: (key) => table.addFirst(key),
    delete: (keyId) => table.delete(keyId),
    version: () => table.version(),
    close: () => table.close(),
  }
}

/** A row that somebody has written by hand may open nothing. @throws CANNOT_OPEN */
function assertKey(row: object): StoredKey {
  if (isStoredKey(row)) return row
  throw new ConvoDbError(
    'CANNOT_OPEN',
    `The table server_keys holds what is no key: ${String(Reflect.get(row, 'keyId'))}`,
  )
}
