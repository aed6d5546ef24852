import Database from 'better-sqlite3'
import { ConvoDbError } from '../../../protocol/errors.js'
import { Connection } from '../../connection/connection.js'
import { statDatabase } from '../../files/database-file.js'
import { assertOwnSidecars } from '../../files/sidecars.js'
import { applicationId, assertVersion, schemaVersion } from '../../schema/migrate.js'
import { toErrorData } from '../../connection/sqlite-errors.js'

/**
 * Opens a file to verify it, for reading only; unlike a reader's connection it takes damaged ones too. Nothing is read yet.
 *
 * @throws NOT_FOUND, CANNOT_OPEN, NOT_A_CONVODB_FILE (one byte)
 */
export function openToVerify(path: string, busyTimeoutMs: number): Connection {
  if (statDatabase(path) === undefined) {
    throw new ConvoDbError('NOT_FOUND', `${path} does not exist`, { path })
  }
  assertOwnSidecars(path)
  const connection = new Connection(connect(path, busyTimeoutMs))
  connection.defineChecksums()
  // A damaged schema must not run functions, and damaged cells are noticed early.
  connection.exec('PRAGMA trusted_schema = 0; PRAGMA cell_size_check = 1')
  return connection
}

function connect(path: string, timeout: number): Database.Database {
  try {
    return new Database(path, { readonly: true, fileMustExist: true, timeout })
  } catch (error) {
    const { message } = toErrorData(error)
    throw new ConvoDbError('CANNOT_OPEN', `${path} can not be opened: ${message}`, { path })
  }
}

/**
 * Reads the header only, which a damaged schema does not keep it from.
 *
 * @throws NOT_A_CONVODB_FILE, CORRUPT (a version that no ConvoDB has), OLDER_SCHEMA, NEWER_SCHEMA, and what SQLite says where it can not even read that
 */
export function assertCurrent(connection: Connection, path: string): void {
  const fileId = readId(connection, path)
  const version = Number(connection.pragma('user_version'))
  if (fileId !== applicationId) throw notOurs(path)
  assertVersion(version, path)
  if (version === schemaVersion) return
  const details = { path, version, knownVersion: schemaVersion }
  if (version > schemaVersion) {
    const known = `this ConvoDB knows ${schemaVersion}`
    throw new ConvoDbError(
      'NEWER_SCHEMA',
      `${path} has schema version ${version}, ${known}. Upgrade ConvoDB to verify it.`,
      details,
    )
  }
  throw new ConvoDbError(
    'OLDER_SCHEMA',
    `${path} has schema version ${version}, which can not be verified; opening it for writing brings it to ${schemaVersion}.`,
    details,
  )
}

function readId(connection: Connection, path: string): unknown {
  try {
    return connection.pragma('application_id')
  } catch (error) {
    const { code, message, details } = toErrorData(error, 'INTERNAL', path)
    if (code === 'NOT_A_CONVODB_FILE') throw notOurs(path)
    throw code === 'CANNOT_OPEN' ? new ConvoDbError(code, `${path}: ${message}`, { path, ...details }) : error
  }
}

const notOurs = (path: string): ConvoDbError =>
  new ConvoDbError('NOT_A_CONVODB_FILE', `${path} is no ConvoDB file, or its header is damaged`, { path })
