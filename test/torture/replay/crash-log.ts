import type { DiskEvent } from '../disk/disk-log.js'

/** What happened, in order: changes of the disk, and acknowledgements between them. */
export type CrashEvent = { readonly disk: DiskEvent } | { readonly acknowledged: readonly string[] }

/** The numbers a file had that was at this path. */
function filesAt(events: readonly DiskEvent[], path: string): Set<number> {
  return new Set(
    events.flatMap((event) => (event.kind === 'create' && event.path === path ? event.file : [])),
  )
}

/** Tells the acknowledgements, which the child writes into a file of their own, from what the database does. */
export function separateAcknowledgements(
  events: readonly DiskEvent[],
  acknowledgementsPath: string,
): CrashEvent[] {
  const files = filesAt(events, acknowledgementsPath)
  return events.flatMap((event): CrashEvent[] => {
    if (!files.has(event.file)) return [{ disk: event }]
    return event.kind === 'write' ? [{ acknowledged: event.data.toString().trimEnd().split('\n') }] : []
  })
}

/** As if the program had never synced the file at this path. */
export function withoutSyncsOf(path: string, events: readonly DiskEvent[]): DiskEvent[] {
  const files = filesAt(events, path)
  const syncs = new Set<DiskEvent['kind']>(['sync begin', 'sync end', 'sync failed'])
  return events.filter((event) => !files.has(event.file) || !syncs.has(event.kind))
}
