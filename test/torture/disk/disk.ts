import { folderFile, type DiskEvent } from './disk-log.js'
import { DiskFile } from './disk-file.js'

type EntryChange = Extract<DiskEvent, { kind: 'create' | 'unlink' }>

interface SyncUnderWay {
  readonly changeCount: number
  readonly entryCount: number
}

/**
 * A disk under a journaling file system, as far as crashes are concerned.
 *
 * Contents are in no order: until a file is synced, any of its writes and truncations since may be lost, each by itself and
 * a write's sectors one by one. A sync makes durable what was there when it began. Names are in order, as they go through
 * the journal: a crash takes the last of them, as many as it likes, and a sync of the folder, or of any file in it, makes
 * durable those that came before.
 */
export class Disk {
  readonly #forgetfulEnd: string | undefined
  readonly #files = new Map<number, DiskFile>()
  readonly #durableEntries = new Map<string, number>()
  readonly #pendingEntries: EntryChange[] = []
  readonly #syncs = new Map<number, SyncUnderWay>()
  #settledEntryCount = 0

  /**
   * @param forgetfulEnd files whose path ends so are forgotten by the kernel when a sync of theirs fails, as Linux does:
   *   what should have been synced counts as written. In other files the next sync tries again.
   */
  constructor(forgetfulEnd?: string) {
    this.#forgetfulEnd = forgetfulEnd
  }

  get pendingEntries(): readonly EntryChange[] {
    return this.#pendingEntries
  }

  apply(event: DiskEvent): void {
    switch (event.kind) {
      case 'create':
        this.#files.set(event.file, new DiskFile(this.#isForgetful(event.path)))
        this.#pendingEntries.push(event)
        break
      case 'unlink':
        this.#pendingEntries.push(event)
        break
      case 'write':
      case 'truncate':
        this.#file(event.file).add(event)
        break
      case 'sync begin':
        this.#syncs.set(event.sync, {
          changeCount: event.file === folderFile ? 0 : this.#file(event.file).changeCount,
          entryCount: this.#settledEntryCount + this.#pendingEntries.length,
        })
        break
      case 'sync end':
      case 'sync failed':
        this.#endSync(event.file, event.sync, event.kind === 'sync end')
    }
  }

  /** The files by path, when the last so many changes of names are lost. */
  filesWithout(lostEntryCount: number): Map<string, DiskFile> {
    const entries = new Map(this.#durableEntries)
    const kept = this.#pendingEntries.slice(0, this.#pendingEntries.length - lostEntryCount)
    for (const change of kept) applyEntry(entries, change)
    return new Map(Array.from(entries, ([path, file]) => [path, this.#file(file)]))
  }

  #endSync(file: number, sync: number, isDurable: boolean): void {
    const begun = this.#syncs.get(sync)
    if (begun === undefined) throw new Error(`Sync ${sync} ends and never began`)
    this.#syncs.delete(sync)
    if (file !== folderFile) this.#file(file).endSync(begun.changeCount, isDurable)
    if (!isDurable) return
    const settled = this.#pendingEntries.splice(0, Math.max(0, begun.entryCount - this.#settledEntryCount))
    for (const change of settled) applyEntry(this.#durableEntries, change)
    this.#settledEntryCount += settled.length
  }

  #isForgetful(path: string): boolean {
    return this.#forgetfulEnd !== undefined && path.endsWith(this.#forgetfulEnd)
  }

  #file(file: number): DiskFile {
    const found = this.#files.get(file)
    if (found === undefined) throw new Error(`File ${file} was never created`)
    return found
  }
}

function applyEntry(entries: Map<string, number>, change: EntryChange): void {
  if (change.kind === 'create') entries.set(change.path, change.file)
  else entries.delete(change.path)
}
