import type {
  initializeScale,
  KeyTable,
  openEngine,
  takeLock,
  verifyEngine,
} from '../../../postgres/index.js'
import { ConvoDbError } from '../../../protocol/errors.js'

interface LoadedEngine {
  readonly openEngine: typeof openEngine
  readonly KeyTable: typeof KeyTable
  readonly takeLock: typeof takeLock
  readonly verifyEngine: typeof verifyEngine
  readonly initializeScale: typeof initializeScale
}

/** Only who opens a PostgreSQL database needs `pg`. @throws UNSUPPORTED where it is not installed */
export async function loadEngine(): Promise<LoadedEngine> {
  try {
    return await import('../../../postgres/index.js')
  } catch (error) {
    if (Reflect.get(Object(error), 'code') !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new ConvoDbError(
      'UNSUPPORTED',
      "PostgreSQL needs the package 'pg': npm install pg",
      {},
      { cause: error },
    )
  }
}
