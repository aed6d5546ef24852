import { ConvoDbError } from '../../protocol/errors.js'
import type { Connection } from '../connection/connection.js'
import { refoldNames } from '../tables/name-folding.js'
import { recodeVectors } from '../tables/vector-coding.js'
import { initial } from './0001-initial.js'

/** "cnvo" in ASCII, in the file's header (https://www.sqlite.org/pragma.html#pragma_application_id). */
export const applicationId = 0x636e766f
/** In order; a file's `user_version` is how many of them it has seen. One that was released never changes. */
export const migrations: readonly string[] = [initial]
export const schemaVersion = migrations.length

/**
 * Refuses a file that is not ours or is from a newer version; reads only.
 *
 * @throws NOT_A_CONVODB_FILE, CORRUPT (a version that no ConvoDB has), NEWER_SCHEMA
 */
export function assertOurs(connection: Connection, path: string, knownVersion = schemaVersion): void {
  const fileId = connection.pragma('application_id')
  const version = Number(connection.pragma('user_version'))
  const isEmpty = connection.get('SELECT 1 FROM sqlite_schema LIMIT 1') === undefined
  if (fileId === 0 && version === 0 && isEmpty) return
  if (fileId !== applicationId) {
    throw new ConvoDbError(
      'NOT_A_CONVODB_FILE',
      `${path} is a SQLite database of another program; it was left as it was. Choose another path.`,
      { path },
    )
  }
  assertVersion(version, path)
  if (version > knownVersion) {
    throw new ConvoDbError(
      'NEWER_SCHEMA',
      `${path} has schema version ${version}, this ConvoDB knows ${knownVersion}; it was left as it was. Upgrade ConvoDB.`,
      { path, version, knownVersion },
    )
  }
}

/** The version comes into a file together with our id. @throws CORRUPT */
export function assertVersion(version: number, path: string): void {
  if (version >= 1) return
  throw new ConvoDbError(
    'CORRUPT',
    `${path} has schema version ${version}, which no ConvoDB has: its header is damaged. It was left as it was; restore a backup.`,
    { path, version },
  )
}

/**
 * Refuses a file that is not of this very version; for whoever can not bring it there.
 *
 * @throws NOT_A_CONVODB_FILE, CORRUPT, NEWER_SCHEMA, OLDER_SCHEMA
 */
export function assertCurrent(connection: Connection, path: string, knownVersion = schemaVersion): void {
  assertOurs(connection, path, knownVersion)
  const version = Number(connection.pragma('user_version'))
  if (version === knownVersion) return
  throw new ConvoDbError(
    'OLDER_SCHEMA',
    `${path} has schema version ${version}, this ConvoDB reads ${knownVersion}; open it once for writing, which upgrades it`,
    { path, version, knownVersion },
  )
}

/**
 * Brings the file to the newest schema, all missing steps in one transaction: a crash leaves the old version.
 *
 * @param steps are ours; there are others to try this with.
 * @returns whether there was anything to do.
 */
export function migrate(connection: Connection, path: string, steps = migrations): boolean {
  // Rebuilding a table drops it, which would delete what refers to it; SQLite heeds this outside transactions only.
  connection.pragma('foreign_keys = 0')
  connection.exec('BEGIN IMMEDIATE')
  let version: number
  try {
    // Again inside the transaction: another process may have migrated the file a moment ago.
    assertOurs(connection, path, steps.length)
    version = Number(connection.pragma('user_version'))
    for (const step of steps.slice(version)) connection.exec(step)
    refoldNames(connection)
    recodeVectors(connection)
    if (version < steps.length) {
      if (version > 0) assertForeignKeys(connection, path)
      connection.pragma(`application_id = ${applicationId}`)
      connection.pragma(`user_version = ${steps.length}`)
    }
    connection.exec('COMMIT')
  } catch (error) {
    if (connection.inTransaction) connection.exec('ROLLBACK')
    throw error
  }
  connection.pragma('foreign_keys = 1')
  return version < steps.length
}

function assertForeignKeys(connection: Connection, path: string): void {
  const violation = connection.get<{ table: string }>('PRAGMA foreign_key_check')
  if (violation === undefined) return
  throw new ConvoDbError(
    'CORRUPT',
    `${path} has rows of ${violation.table} that refer to rows which are not there`,
    {
      path,
      table: violation.table,
    },
  )
}
