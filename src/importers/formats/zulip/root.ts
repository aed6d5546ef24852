const isMessages = /^messages-\d+\.json$/

/**
 * Where in a folder the export is: at its top, or in a folder.
 *
 * @returns what stands before its paths; undefined where there is none
 */
export function rootOf(paths: readonly string[]): string | undefined {
  const roots = paths
    .filter((path) => path === 'realm.json' || path.endsWith('/realm.json'))
    .map((path) => path.slice(0, -'realm.json'.length))
  return roots.find((root) =>
    paths.some((path) => path.startsWith(root) && isMessages.test(path.slice(root.length))),
  )
}

export const isMessagesFile = (name: string): boolean => isMessages.test(name)
