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
    const paths = await pathsIn(folder)
    return await Promise.all(paths.toSorted().map((path) => toSource(folder, path)))
  } catch (error) {
    throw toSourceError(folder, error)
  }
}

/** Folder by folder: `readdir` with `recursive` goes through links to folders on Node 26, and not on 22 and 24. */
async function pathsIn(folder: string): Promise<string[]> {
  const paths: string[] = []
  const folders = ['']
  for (let within = folders.pop(); within !== undefined; within = folders.pop()) {
    for (const entry of await readdir(join(folder, within), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue
      const path = join(within, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile()) paths.push(path)
    }
  }
  return paths
}

async function toSource(folder: string, path: string): Promise<Source> {
  const filePath = join(folder, path)
  const { size } = await stat(filePath)
  return fileSource(filePath, size, { path: path.split(sep).join('/') })
}
