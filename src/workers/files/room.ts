import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { crypto } from '../../protocol/crypto.js'
import { systemErrorCode } from './system-error.js'

/** As much as SQLite writes at once. */
const roomBytes = 65_536

/**
 * Whether the disk is full beside a file, or its user's share of it (a quota): SQLite tells neither when it can not create a
 * file, and takes an exhausted share for a fault of the disk. Found out by trying, with a small file that is removed again.
 */
export function isDiskFull(path: string): boolean {
  const { O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY } = constants
  const trial = `${path}.${crypto().randomBytes(6).toString('hex')}`
  let file: number | undefined
  try {
    file = openSync(trial, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600)
    let written = 0
    while (written < roomBytes)
      written += writeSync(file, Buffer.alloc(roomBytes - written), 0, null, written)
    return false
  } catch (error) {
    return systemErrorCode(error) === 'DISK_FULL'
  } finally {
    if (file !== undefined) {
      closeSync(file)
      rmSync(trial, { force: true })
    }
  }
}
