import type { Source } from '../../source.js'
import { lists } from './channels.js'
import { userLists } from './users.js'

const isDay = /^(?<root>(?:.*\/)?)[^/]+\/\d{4}-\d{2}-\d{2}\.json$/
const isList = /^(?<root>(?:.*\/)?)(?<file>[^/]+\.json)$/
const listNames: ReadonlySet<string> = new Set(lists.map(({ file }) => file))

/**
 * Where in an archive workspaces are: at its top, or in folders. One has a list of channels or of users, which exports of single channels
 * and of other programs may lack, and folders of days; without those it has both lists.
 *
 * @param asked whether somebody says that it is Slack's: then folders of days are enough.
 * @returns what stands before their paths
 */
export function rootsOf(paths: readonly string[], asked = false): string[] {
  const withDays = new Set<string>()
  const withUsers = new Set<string>()
  const withChannels = new Set<string>()
  for (const path of paths) {
    const day = isDay.exec(path)?.groups?.['root']
    if (day !== undefined) withDays.add(day)
    const { root, file = '' } = isList.exec(path)?.groups ?? {}
    if (root === undefined) continue
    if (userLists.includes(file)) withUsers.add(root)
    else if (listNames.has(file)) withChannels.add(root)
  }
  const listed = [...new Set([...withUsers, ...withChannels])].filter(
    (root) => withDays.has(root) || (withUsers.has(root) && withChannels.has(root)),
  )
  return listed.length === 0 && asked ? [...withDays] : listed
}

/** Whether a file is of one of the workspaces: at their top they have files of JSON alone. */
export const isWithin = (path: string, roots: readonly string[]): boolean =>
  roots.some((root) => path.startsWith(root) && (path.includes('/', root.length) || path.endsWith('.json')))

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
