import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { availableParallelism, cpus, release } from 'node:os'
import { join } from 'node:path'
import { median } from './statistics.js'

export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly node: string
  readonly system: string
  /** A write of 4 KiB and its fsync in the folder of the databases, median: what a lone durable commit costs at least. */
  readonly syncMs: number
}

/** Describes the machine, since figures mean nothing without it. */
export function describeMachine(folder: string): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    node: process.version,
    system: `${process.platform} ${release()}`,
    syncMs: measureSync(folder),
  }
}

function measureSync(folder: string): number {
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
