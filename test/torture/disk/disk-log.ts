/** What the shim logs, in the order in which it happened. A file is a number: its path may be another one's later. */
export type DiskEvent =
  | { readonly kind: 'create'; readonly file: number; readonly path: string }
  | { readonly kind: 'unlink'; readonly file: number; readonly path: string }
  | { readonly kind: 'write'; readonly file: number; readonly offset: number; readonly data: Buffer }
  | { readonly kind: 'truncate'; readonly file: number; readonly size: number }
  | { readonly kind: 'sync begin' | 'sync end' | 'sync failed'; readonly file: number; readonly sync: number }

/** The folder itself is a file that is synced, too. */
export const folderFile = 1

const headBytes = 24

/**
 * Reads the shim's log: records of kind and file (32 bits), offset and length (64 bits), and so many bytes. A last one
 * that was cut off when the process was killed is left out.
 *
 * @throws when the process did something to a file that the replay does not understand
 */
export function parseDiskLog(log: Buffer): DiskEvent[] {
  const events: DiskEvent[] = []
  let at = 0
  while (at + headBytes <= log.length) {
    const end = at + headBytes + Number(log.readBigUInt64LE(at + 16))
    if (end > log.length) break
    events.push(
      toEvent(
        log.readUInt32LE(at),
        log.readUInt32LE(at + 4),
        Number(log.readBigUInt64LE(at + 8)),
        log.subarray(at + headBytes, end),
      ),
    )
    at = end
  }
  return events
}

function toEvent(kind: number, file: number, offset: number, data: Buffer): DiskEvent {
  switch (kind) {
    case 1:
      return { kind: 'create', file, path: data.toString() }
    case 2:
      return { kind: 'unlink', file, path: data.toString() }
    case 3:
      return { kind: 'write', file, offset, data }
    case 4:
      return { kind: 'truncate', file, size: offset }
    case 5:
      return { kind: 'sync begin', file, sync: offset }
    case 6:
      return { kind: 'sync end', file, sync: offset }
    case 7:
      return { kind: 'sync failed', file, sync: offset }
    default:
      throw new Error(`The process did what a replay can not follow: ${data.toString()}`)
  }
}
