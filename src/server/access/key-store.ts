import { isPostgresUrl } from '../../main/postgres-url.js'
import { FileKeys } from './key-file.js'
import { openTableKeys } from './key-table.js'
import type { StoredKey } from './stored-key.js'

/** Where the keys of a database's servers are kept, for all that change or heed them at the same time. */
export interface KeyStore {
  /** @throws CANNOT_OPEN when what is there are no keys, or somebody else may change them; UNREACHABLE */
  list(): Promise<readonly StoredKey[]>
  /** @throws CANNOT_OPEN, BUSY, UNREACHABLE */
  add(key: StoredKey): Promise<void>
  /** Only where there is none yet, however many come at once; tells whether it was. @throws CANNOT_OPEN, BUSY, UNREACHABLE */
  addFirst(key: StoredKey): Promise<boolean>
  /** Tells whether there was one. @throws CANNOT_OPEN, BUSY, UNREACHABLE */
  delete(keyId: string): Promise<boolean>
  /** Another text whenever the keys may be others. @throws UNREACHABLE */
  version(): Promise<string>
  close(): Promise<void>
}

/**
 * Where the keys of a database are: in a file beside its own, so that they can be changed while a server has it open; on PostgreSQL in the
 * database, so that all of its servers share them.
 *
 * @param database its path, or its URL with all that connecting needs
 */
export const keyPlaceOf = (database: string): string =>
  isPostgresUrl(database) ? database : `${database}-keys`

/** @param create whether a PostgreSQL database that is no ConvoDB yet becomes one; else it is `NOT_FOUND` */
export async function openKeyStore(
  place: string,
  { create }: { readonly create: boolean },
): Promise<KeyStore> {
  return isPostgresUrl(place) ? openTableKeys(place, create) : new FileKeys(place)
}

/** For one thing to do. */
export async function withKeyStore<Value>(
  place: string,
  options: { readonly create: boolean },
  work: (store: KeyStore) => Promise<Value>,
): Promise<Value> {
  const store = await openKeyStore(place, options)
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
