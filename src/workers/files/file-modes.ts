import { statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Bits that let anybody but the file's user in (https://www.man7.org/linux/man-pages/man7/inode.7.html). */
const othersMode = 0o077
const othersMayWrite = 0o022
const stickyBit = 0o1000

/**
 * What about the modes of a database's files lets others in, a line for each. Files we create are 0600, in a folder of
 * 0700; a wider one was there before, or was made so. A folder is named only where others may put files of theirs in place
 * of ours.
 */
export function listWideModes(path: string): string[] {
  if (process.platform === 'win32') return []
  const files = [path, `${path}-wal`, `${path}-shm`, `${path}-lock`, `${path}-owner`].flatMap((file) => {
    const mode = modeOf(file)
    return mode !== undefined && (mode & othersMode) !== 0
      ? [`${file} has mode ${octal(mode)}, so that other users may open it; chmod 600 it`]
      : []
  })
  const folder = dirname(path)
  const mode = modeOf(folder) ?? 0
  const isOpen = (mode & othersMayWrite) !== 0 && (mode & stickyBit) === 0
  return isOpen
    ? [
        ...files,
        `${folder} has mode ${octal(mode)}, so that other users may replace files in it; chmod 700 it`,
      ]
    : files
}

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0')

const modeOf = (path: string): number | undefined => statSync(path, { throwIfNoEntry: false })?.mode
