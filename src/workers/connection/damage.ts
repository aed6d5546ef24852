import { constants, openSync, readSync } from 'node:fs'
import type { ErrorData } from '../../protocol/errors.js'
import type { Outcome } from '../../protocol/messages.js'

/** By path, descriptors that stay open: closing one would drop SQLite's locks (https://www.sqlite.org/howtocorrupt.html). */
const descriptors = new Map<string, number>()
const chunk = Buffer.alloc(1024 * 1024)

/** One look at the whole file serves for ten times as long as it took: a damaged file is asked about again and again. */
const servesTimes = 10
const lastLooks = new Map<string, { readonly untilMs: number; readonly isRefused: boolean }>()

/**
 * SQLite says of a read that the disk refuses (EIO) that the file is damaged (`SQLITE_IOERR_CORRUPTFS` in
 * https://www.sqlite.org/rescode.html), on which one would put back a backup and give up good data. What was tried again on a
 * new connection and still reads as damage is `CORRUPT` only where the disk gives every byte of the file.
 */
function confirmDamage(path: string, error: ErrorData): ErrorData {
  if (error.code !== 'CORRUPT' || !isRefusedByDisk(path)) return error
  return { ...error, code: 'IO_ERROR', message: `The disk refuses to read ${path}: ${error.message}` }
}

/** The same for an outcome. */
export function confirmOutcome<Value>(path: string, outcome: Outcome<Value>): Outcome<Value> {
  return outcome.ok ? outcome : { ok: false, error: confirmDamage(path, outcome.error) }
}

/** Codes with which a call is tried once more, on a new connection. */
export const isDoubtful = ({ code }: ErrorData): boolean => code === 'CORRUPT' || code === 'IO_ERROR'

function isRefusedByDisk(path: string): boolean {
  const startedAtMs = performance.now()
  const last = lastLooks.get(path)
  if (last !== undefined && startedAtMs < last.untilMs) return last.isRefused
  const isRefused = [path, `${path}-wal`].some((file) => !isReadable(file))
  const endedAtMs = performance.now()
  lastLooks.set(path, { untilMs: endedAtMs + servesTimes * (endedAtMs - startedAtMs), isRefused })
  return isRefused
}

function isReadable(file: string): boolean {
  try {
    const descriptor = descriptors.get(file) ?? openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW)
    descriptors.set(file, descriptor)
    for (let at = 0; ; at += chunk.length) {
      if (readSync(descriptor, chunk, 0, chunk.length, at) < chunk.length) return true
    }
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EIO')
  }
}
