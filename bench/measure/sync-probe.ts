import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { median } from './statistics.js'

/** A write of 4 KiB and its fsync in a folder, median of some: what a lone durable commit costs at least there. */
export function measureSyncMs(folder: string): number {
  const file = openSync(join(folder, 'sync-probe'), 'w')
  try {
    const page = Buffer.alloc(4096, 1)
    const timesMs = Array.from({ length: 25 }, () => {
      const startMs = performance.now()
      writeSync(file, page)
      fsyncSync(file)
      return performance.now() - startMs
    })
    return median(timesMs)
  } finally {
    closeSync(file)
  }
}
