import type { JsonObject } from '../../../protocol/models.js'
import { found, type Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import type { Format } from '../format.js'
import { objectOf } from '../json-fields.js'
import { readJsonValues } from '../json-values.js'
import { keyOfFolder, lists, readChannel, type SlackChannel } from './channels.js'
import { filesByRoot, isWithin, rootsOf } from './root.js'
import { SlackDays } from './days.js'
import { readUser, userLists, type SlackNames } from './users.js'

/**
 * An export of a Slack workspace, as a folder or a zip archive (https://slack.com/help/articles/220556107). A message is known by its
 * channel and `ts`; threads become segments.
 */
export const slack: Format = {
  name: 'slack',
  archiveIn: (paths) => {
    const roots = rootsOf(paths)
    return roots.length === 0 ? undefined : new Set(paths.filter((path) => isWithin(path, roots)))
  },
  readFolder: (sources, notes) => readArchive(sources, notes),
}

async function* readArchive(sources: readonly Source[], notes: Notes): AsyncGenerator<Found> {
  const roots = rootsOf(
    sources.map(({ path }) => path),
    true,
  )
  const { workspaces, others } = filesByRoot(sources, roots)
  for (const workspace of workspaces) yield* readWorkspace(workspace, notes)
  if (others.length > 0 && roots.length > 0) notes.leaveOut('files beside the messages', others.length)
  if (roots.length === 0) {
    const wanted = 'folder of days, as general/2024-01-31.json'
    notes.complain(sources[0]?.name ?? 'it', `is no export of Slack: it has no ${wanted}`)
  }
}

async function* readWorkspace(byPath: ReadonlyMap<string, Source>, notes: Notes): AsyncGenerator<Found> {
  const names: SlackNames = { users: new Map(), channels: new Map() }
  for (const list of userLists) {
    for await (const { file, index, object } of objectsIn(byPath.get(list), notes)) {
      yield* readUser(object, { file, at: `users[${index}]` }, names)
    }
  }
  const channels = new Map<string, SlackChannel>()
  const byId = new Map<string, SlackChannel>()
  for (const list of lists) {
    for await (const { file, index, object } of objectsIn(byPath.get(list.file), notes)) {
      const channel = readChannel(object, list)
      yield found({ file, at: `${list.file}[${index}]` }, { kind: 'channel', model: channel.model })
      channels.set(keyOfFolder(channel.folder), channel)
      byId.set(channel.channelId, channel)
      names.channels.set(channel.channelId, channel.name)
    }
  }
  for (const [folder, days] of foldersOf(byPath, notes)) {
    // Other programs name folders by ids.
    const channel = channels.get(keyOfFolder(folder)) ?? byId.get(folder)
    if (channel === undefined) notes.complain(days[0]?.name ?? folder, 'is of a channel that no list names')
    yield* new SlackDays(channel ?? unlisted(folder), names, notes).read(days)
  }
}

/** A folder that none of the lists names, as when a list is missing. */
const unlisted = (folder: string): SlackChannel => ({
  folder,
  channelId: folder,
  name: folder,
  pinned: new Set(),
  model: { channelId: folder, name: folder },
})

interface ObjectIn {
  readonly file: string
  readonly index: number
  readonly object: JsonObject
}

async function* objectsIn(source: Source | undefined, notes: Notes): AsyncGenerator<ObjectIn> {
  if (source === undefined) return
  let index = 0
  for await (const { value } of readJsonValues(source, ['$.*'], notes)) {
    yield { file: source.name, index, object: objectOf(value) }
    index += 1
  }
}

const isDay = /^(?<folder>[^/]+)\/\d{4}-\d{2}-\d{2}\.json$/

/** Files of days, by the folders that they are in, in their order. */
function foldersOf(byPath: ReadonlyMap<string, Source>, notes: Notes): Map<string, Source[]> {
  const folders = new Map<string, Source[]>()
  const known: ReadonlySet<string> = new Set([...userLists, ...lists.map(({ file }) => file)])
  for (const [path, source] of byPath) {
    const folder = isDay.exec(path)?.groups?.['folder']
    if (folder === undefined) {
      if (!known.has(path)) notes.leaveOut('files beside the messages')
      continue
    }
    const days = folders.get(folder)
    if (days === undefined) folders.set(folder, [source])
    else days.push(source)
  }
  return folders
}
