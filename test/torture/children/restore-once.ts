import { restoreDatabase } from 'convodb'

/** Restores a backup, unless the process is killed before it is done. */
export interface RestoreTask {
  readonly backup: string
  readonly path: string
}

const { backup, path }: RestoreTask = JSON.parse(process.argv[2] ?? '')
await restoreDatabase(backup, path, { overwrite: true })
