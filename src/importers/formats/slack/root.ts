import type { Source } from '../../source.js'
import { lists } from './channels.js'

/**
 * Where in an archive workspaces are: at its top, or in folders.
 *
 * @returns what stands before their paths
 */
export function rootsOf(paths: readonly string[]): string[] {
  const all = new Set(paths)
  return paths
    .filter((path) => path === 'users.json' || path.endsWith('/users.json'))
    .map((path) => path.slice(0, -'users.json'.length))
    .filter((root) => lists.some(({ file }) => all.has(`${root}${file}`)))
}

/** The files of each workspace by their paths in it; and those of none. */
export function filesByRoot(sources: readonly Source[], roots: readonly string[]) {
  const workspaces = new Map(roots.map((root) => [root, new Map<string, Source>()]))
  const others: Source[] = []
  // Of a folder within another the inner one is meant.
  const innermost = roots.toSorted((one, other) => other.length - one.length)
  for (const source of sources) {
    const root = innermost.find((prefix) => source.path.startsWith(prefix))
    if (root === undefined) others.push(source)
    else workspaces.get(root)?.set(source.path.slice(root.length), source)
  }
  return { workspaces: [...workspaces.values()], others }
}
