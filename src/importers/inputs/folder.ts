import { readdir, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { fileSource, toSourceError, type Source } from '../source.js'

/**
 * The files of a folder and of those in it, ordered by their paths. Links are not followed: an archive has none, and one could lead
 * anywhere. Files whose names begin with a dot are passed over.
 *
 * @throws SourceError
 */
export async function folderSources(folder: string): Promise<Source[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, sep).length))
      .filter((path) => !path.split(sep).some((name) => name.startsWith('.')))
    return await Promise.all(paths.toSorted().map((path) => toSource(folder, path)))
  } catch (error) {
    throw toSourceError(folder, error)
  }
}

async function toSource(folder: string, path: string): Promise<Source> {
  const filePath = join(folder, path)
  const { size } = await stat(filePath)
  return fileSource(filePath, size, { path: path.split(sep).join('/') })
}
