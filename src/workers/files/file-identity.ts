import { statSync } from 'node:fs'
import type { FileIdentity } from '../../protocol/messages.js'

/**
 * What a name stands for now: `'same'` the very file; `'linked'` the very file, which has a second name by now (a hard link);
 * `'replaced'` another file; `'missing'` nothing.
 */
export type FileFate = 'same' | 'linked' | 'replaced' | 'missing'

/** Undefined where there is no such file. `stat` only, which leaves SQLite's locks alone, as opening the file would not. */
export function identityOf(path: string): FileIdentity | undefined {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false })
  return status === undefined ? undefined : { device: status.dev, inode: status.ino }
}

/**
 * Whether the name still stands for the file that had it; for whoever has that file open, since the number of a file that
 * nobody has may be given to the next one. A few microseconds: one `stat`.
 *
 * @throws what `stat` throws, where the folder can not be searched any more
 */
export function fateOf(path: string, { device, inode }: FileIdentity): FileFate {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false })
  if (status === undefined) return 'missing'
  if (status.dev !== device || status.ino !== inode) return 'replaced'
  return status.nlink > 1n ? 'linked' : 'same'
}
