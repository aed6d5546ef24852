import { lists } from './channels.js'

/**
 * Where in an archive the workspace is: at its top, or in a folder.
 *
 * @returns what stands before its paths; undefined where there is none
 */
export function rootOf(paths: readonly string[]): string | undefined {
  const all = new Set(paths)
  const roots = paths
    .filter((path) => path === 'users.json' || path.endsWith('/users.json'))
    .map((path) => path.slice(0, -'users.json'.length))
  return roots.find((root) => lists.some(({ file }) => all.has(`${root}${file}`)))
}
