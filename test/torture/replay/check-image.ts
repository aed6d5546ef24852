import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import Database from 'better-sqlite3'
import { readRows } from '../workload/read-rows.js'

/** Writes an image's files into an empty folder and returns the database's path. */
export function writeImage(folder: string, image: ReadonlyMap<string, Buffer>): string {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [path, bytes] of image) writeFileSync(join(folder, basename(path)), bytes)
  return join(folder, 'chat.db')
}

/**
 * Opens a database as SQLite finds it, and reads everything in it.
 *
 * @throws when it can not be opened or SQLite finds anything wrong with it
 */
export function readSoundRows(databasePath: string): Map<string, string> {
  const database = new Database(databasePath)
  try {
    const integrity = database.pragma('integrity_check', { simple: true })
    if (integrity !== 'ok') throw new Error(`integrity_check says ${String(integrity)}`)
    const orphans: unknown = database.pragma('foreign_key_check')
    if (!Array.isArray(orphans) || orphans.length > 0)
      throw new Error('Rows refer to rows that are not there')
    return readRows(database)
  } finally {
    database.close()
  }
}
