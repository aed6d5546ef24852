import { basename } from 'node:path'
import type { DiskEvent } from '../disk/disk-log.js'

/** What happened, in order: changes of the disk, and acknowledgements between them. */
export type CrashEvent = { readonly disk: DiskEvent } | { readonly acknowledged: readonly string[] }

/** Tells the acknowledgements, which the child writes into a file of this name, from what the database does. */
export function separateAcknowledgements(
  events: readonly DiskEvent[],
  acknowledgementsPath: string,
): CrashEvent[] {
  const created = events.find(
    (event) => event.kind === 'create' && basename(event.path) === basename(acknowledgementsPath),
  )
  return events.flatMap((event): CrashEvent[] => {
    if (event.file !== created?.file) return [{ disk: event }]
    return event.kind === 'write' ? [{ acknowledged: event.data.toString().trimEnd().split('\n') }] : []
  })
}
