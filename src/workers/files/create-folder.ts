import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { toFileError } from './system-error.js'

/**
 * Creates a folder for its user alone, and those above it that are missing.
 *
 * Step by step: Node's own recursive `mkdir` tries for ever where a folder can neither be found nor made, as below `/proc`.
 *
 * @throws CANNOT_OPEN, DISK_FULL, IO_ERROR
 */
export function createFolder(folder: string): void {
  try {
    create(folder)
  } catch (error) {
    throw toFileError(error, folder, `The folder ${folder} can not be created`)
  }
}

function create(folder: string): void {
  if (isFolder(folder)) return
  const parent = dirname(folder)
  if (parent !== folder) create(parent)
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Somebody else may have made it this moment.
    if (!isFolder(folder)) throw error
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true
