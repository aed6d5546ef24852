import type { Found } from '../../found.js'
import type { Notes } from '../../notes.js'
import type { Source } from '../../source.js'
import { quietly } from '../as-far-as-whole.js'
import type { Format, Head } from '../format.js'
import { countReactions, readBeside } from './beside.js'
import { ZulipMessages } from './messages.js'
import { readRealm, type ZulipRealm } from './realm.js'
import { isMessagesFile, rootOf } from './root.js'

/** Of reactions that are kept at once. */
const maxReactions = 100_000

/** The folder that an export of an organisation unpacks into, of Zulip 2 (2019) to 11 (https://zulip.com/help/export-your-organization). */
export const zulip: Format = {
  name: 'zulip',
  recognizes: (head) => isTar(head) && /zulip|messages-\d|realm\.json/.test(head.text),
  read: async function* explain(source, notes) {
    const problem =
      'is not read by itself: unpack the archive (tar -xzf), and import the folder that comes out'
    notes.complain(source.name, problem)
    yield* []
  },
  archiveIn: (paths) => {
    const root = rootOf(paths)
    return root === undefined ? undefined : new Set(paths.filter((path) => path.startsWith(root)))
  },
  readFolder: (sources, notes) => readExport(sources, notes, maxReactions),
}

const isTar = ({ bytes }: Head): boolean => bytes.toString('latin1', 257, 262) === 'ustar'

/**
 * Reactions are a table of their own, in no order. Where they are too many to be kept at once, messages are read in parts, each with its
 * own.
 */
export async function* readExport(
  sources: readonly Source[],
  notes: Notes,
  maxKept: number,
): AsyncGenerator<Found> {
  const root = rootOf(sources.map(({ path }) => path)) ?? ''
  const byName = new Map(sources.map((source) => [source.path.slice(root.length), source]))
  const realmFile = byName.get('realm.json')
  if (realmFile === undefined) {
    notes.complain(root === '' ? 'The folder' : root, 'holds no realm.json beside messages')
    return
  }
  const files = [...byName].filter(([name]) => isMessagesFile(name)).map(([, source]) => source)
  noteOthers(byName, notes)
  const realm: ZulipRealm = {
    users: new Map(),
    idsOfNames: new Map(),
    recipients: new Map(),
    groups: new Map(),
    name: undefined,
  }
  yield* readRealm(realmFile, realm, notes)
  const messages = new ZulipMessages(realm, notes)
  const tables = { realm: realmFile, attachments: byName.get('attachment.json') }
  const parts = Math.max(1, Math.ceil((await countReactions(realmFile, notes)) / maxKept))
  for (let part = 0; part < parts; part += 1) {
    const isAsked = (messageId: string) => (Number(messageId) || 0) % parts === part
    const partNotes = part === 0 ? notes : quietly(notes)
    yield* messages.read(files, await readBeside(tables, partNotes, isAsked), isAsked, partNotes)
  }
}

function noteOthers(byName: ReadonlyMap<string, Source>, notes: Notes): void {
  const read = new Set(['realm.json', 'attachment.json'])
  for (const name of byName.keys()) {
    if (!read.has(name) && !isMessagesFile(name)) notes.leaveOut('files beside the messages')
  }
}
