import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { loadOfLastMinute } from './load.js'
import { measureSyncMs } from './sync-probe.js'

export interface Machine {
  readonly cores: number
  readonly processor: string
  readonly memoryGib: number
  readonly node: string
  readonly system: string
  /** The commit that was measured, with `+` when files differ from it. */
  readonly commit: string
  /** Of the last minute, before the first case: others at work make every figure worse. */
  readonly loadBefore: number
  /** A write of 4 KiB and its fsync in the folder of the databases, median: what a lone durable commit costs at least. */
  readonly syncMs: number
}

/** Describes the machine, since figures mean nothing without it. */
export function describeMachine(folder: string): Machine {
  return {
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    system: `${process.platform} ${release()}`,
    commit: describeCommit(),
    loadBefore: loadOfLastMinute(),
    syncMs: measureSyncMs(folder),
  }
}

function describeCommit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+'
    return `${git('rev-parse', '--short', 'HEAD')}${changed}`
  } catch {
    return 'unknown'
  }
}
