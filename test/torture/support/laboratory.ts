import { mkdir, realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../../support/databases.js'
import { buildShim } from './shim.js'

/** Faults the shim knows. */
export type Fault = 'read-fails' | 'fsync-fails' | 'write-fails' | 'disk-full' | 'quota-used'

/** A folder on a disk whose every change is logged, and which can be told to fail. */
export interface Laboratory {
  readonly databasePath: string
  /** What is written to it comes between the disk's changes in the log. */
  readonly acknowledgementsPath: string
  readonly logPath: string
  /** A file in here turns a fault on. */
  readonly faultsFolder: string
  /** Beside the disk, for whatever a test keeps. */
  readonly notesFolder: string
  /** For the child process. */
  readonly environment: Readonly<Record<string, string>>
}

export interface LaboratoryOptions {
  readonly logs?: boolean
}

/** Builds one for the test that asks; removed after it. */
export async function openLaboratory({ logs = true }: LaboratoryOptions = {}): Promise<Laboratory> {
  const folder = await realpath(await temporaryFolder())
  const disk = join(folder, 'disk')
  const faultsFolder = join(folder, 'faults')
  const notesFolder = join(folder, 'notes')
  for (const each of [disk, faultsFolder, notesFolder]) await mkdir(each)
  const logPath = join(folder, 'log')
  return {
    databasePath: join(disk, 'chat.db'),
    acknowledgementsPath: join(disk, 'acknowledgements'),
    logPath,
    faultsFolder,
    notesFolder,
    environment: {
      LD_PRELOAD: buildShim(folder),
      TORTURE_FOLDER: disk,
      TORTURE_FAULTS: faultsFolder,
      ...(logs ? { TORTURE_LOG: logPath } : {}),
    },
  }
}
