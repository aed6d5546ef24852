import type { Random } from '../../../demo/random.js'
import type { Disk } from './disk.js'
import { applyChange, type DiskFile, type FileChange } from './disk-file.js'
import type { FileBytes } from './file-bytes.js'

/** What disks write whole, or not at all. */
const sectorBytes = 512

/**
 * Ways in which a crash chooses among what was not synced. `first` and `last` keep what came so early or so late, `torn`
 * decides for each sector.
 */
const styles = ['none', 'all', 'some', 'torn', 'first', 'last'] as const

/** One state of the disk that a crash at this moment may leave: each file's bytes by its path. */
export function surviveCrash(disk: Disk, random: Random): Map<string, Buffer> {
  const lostEntryCount = random.chance(0.5) ? 0 : random.integer(0, disk.pendingEntries.length)
  const files = disk.filesWithout(lostEntryCount)
  return new Map(Array.from(files, ([path, file]) => [path, surviveInFile(file, random)]))
}

function surviveInFile(file: DiskFile, random: Random): Buffer {
  const bytes = file.durable.copy()
  const style = random.pick(styles)
  const probability = random.next()
  // Some file systems make a file longer before they write what is in it.
  const growsAnyway = random.chance(0.2)
  const pivot = random.integer(0, file.pending.length)
  for (const [index, { change, fate }] of file.pending.entries()) {
    if (fate === 'durable') {
      applyChange(bytes, change)
      continue
    }
    const isKept = {
      none: false,
      all: true,
      some: random.chance(probability),
      torn: false,
      first: index < pivot,
      last: index >= pivot,
    }[style]
    if (isKept) applyChange(bytes, change)
    else if (style === 'torn' || (style === 'first' && index === pivot))
      tear(bytes, change, random, probability)
    if (growsAnyway && change.kind === 'write') bytes.growTo(change.offset + change.data.length)
  }
  return bytes.content
}

/** Keeps each sector with this probability. */
function tear(bytes: FileBytes, change: FileChange, random: Random, probability: number): void {
  if (change.kind === 'truncate') {
    if (random.chance(probability)) applyChange(bytes, change)
    return
  }
  const { offset, data } = change
  for (let at = 0; at < data.length;) {
    const sectorEnd = (Math.floor((offset + at) / sectorBytes) + 1) * sectorBytes - offset
    const piece = data.subarray(at, sectorEnd)
    if (random.chance(probability)) bytes.write(offset + at, piece)
    at += piece.length
  }
}
