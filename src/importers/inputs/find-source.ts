import { stat } from 'node:fs/promises'
import { fileSource, SourceError, standardInput, toSourceError, type Source } from '../source.js'

/**
 * Looks at a file before anything is read from it.
 *
 * @param path a file's path, or `-` for standard input.
 * @param shownAs what it is called; default: its path.
 * @throws SourceError when there is no such file or it is a folder
 */
export async function findSource(path: string, shownAs = path): Promise<Source> {
  if (path === '-') return standardInput()
  try {
    const entry = await stat(path)
    if (entry.isDirectory()) throw new SourceError(`${shownAs} is a folder, not a file`)
    return fileSource(path, entry.isFile() ? entry.size : undefined, { name: shownAs })
  } catch (error) {
    throw toSourceError(shownAs, error)
  }
}

/** @throws SourceError when there is nothing at the path */
export async function isFolder(path: string): Promise<boolean> {
  if (path === '-') return false
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    throw toSourceError(path, error)
  }
}
