import { crc32 } from 'node:zlib'
import { createRandom } from '../../../demo/random.js'
import { chooseCrashPoints } from './crash-points.js'
import { Disk } from '../disk/disk.js'
import { surviveCrash } from '../disk/survivors.js'
import type { CrashEvent } from './crash-log.js'

/** A disk after a power failure, and what had been promised by then. */
export interface CrashImage {
  readonly number: number
  readonly files: ReadonlyMap<string, Buffer>
  readonly acknowledged: readonly string[]
  /** Distinguishes images that differ. */
  readonly checksum: number
}

/**
 * Lets the power fail at so many moments of a log, the same ones for the same seed.
 *
 * @param forgetfulEnd files whose failed syncs the kernel forgets, by the end of their path (see `Disk`)
 */
export function* crashImages(
  events: readonly CrashEvent[],
  count: number,
  seed: number,
  forgetfulEnd?: string,
): Generator<CrashImage, void, void> {
  const random = createRandom(seed)
  const disk = new Disk(forgetfulEnd)
  const acknowledged: string[] = []
  const points = chooseCrashPoints(events, count, random)
  let done = 0
  for (const [number, point] of points.entries()) {
    for (const event of events.slice(done, point)) {
      if ('disk' in event) disk.apply(event.disk)
      else acknowledged.push(...event.acknowledged)
    }
    done = point
    const files = surviveCrash(disk, random)
    yield { number, files, acknowledged: [...acknowledged], checksum: checksumOf(files) }
  }
}

function checksumOf(files: ReadonlyMap<string, Buffer>): number {
  let sum = 0
  for (const [path, bytes] of files) sum = crc32(bytes, crc32(path, sum))
  return sum
}
