import type { BackupProgress, BackupReport } from '../protocol/backup.js'
import type { JobOptions } from './file-job.js'
import { checkFilePath } from './validation/check.js'

/** Options of `db.backup` and `restoreDatabase`; each may be left out. */
export interface BackupOptions extends JobOptions<BackupProgress> {
  /** Replaces the file that is there; otherwise `ALREADY_EXISTS`. Default false. */
  readonly overwrite?: boolean | undefined
}

/**
 * Puts a backup in the place of a database. The backup is copied beside that place and the copy verified, row by row; only
 * then it gets its name, by one rename. A database that some process has open is not replaced.
 *
 * @param backupPath the backup; any ConvoDB file of this version's schema will do. It is only read.
 * @param path where the database shall be; its folder is created where missing.
 * @param options `overwrite` default false; `onProgress`, `signal`.
 * @returns what is there now, durable.
 * @throws INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS (without `overwrite`), LOCKED (a process has `path` open for writing), BUSY
 *   (one has it open to read), CORRUPT (the backup is damaged; nothing was replaced), NOT_A_CONVODB_FILE, OLDER_SCHEMA, NEWER_SCHEMA, DISK_FULL,
 *   IO_ERROR, CANNOT_OPEN, ABORTED
 * @example await restoreDatabase('backups/monday.db', 'chat.db', { overwrite: true })
 */
export async function restoreDatabase(
  backupPath: string,
  path: string,
  options: BackupOptions = {},
): Promise<BackupReport> {
  checkFilePath(backupPath, 'backupPath')
  checkFilePath(path, 'path')
  const { copyFile } = await import('./copy-file.js')
  return copyFile(backupPath, path, options)
}

/**
 * Copies a database's file as `db.backup` does, without opening it as a database: for a process that does not have it open.
 *
 * @param path the database, which other processes may be writing to.
 * @param backupPath the backup; its folder is created where missing.
 * @throws as `db.backup` does; NOT_FOUND, NOT_A_CONVODB_FILE, OLDER_SCHEMA, NEWER_SCHEMA
 * @example await backupDatabase('chat.db', 'backups/monday.db')
 */
export async function backupDatabase(
  path: string,
  backupPath: string,
  options: BackupOptions = {},
): Promise<BackupReport> {
  checkFilePath(path, 'path')
  checkFilePath(backupPath, 'backupPath')
  const { copyFile } = await import('./copy-file.js')
  return copyFile(path, backupPath, options)
}
