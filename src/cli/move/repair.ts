import type { ChangeEvent, DatabaseManager } from '../../main/index.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'
import type { ChangeApplier } from './apply-changes.js'
import { channelOf, type Difference } from './digests.js'
import { importLines } from './import-lines.js'
import { hashLine, readLines } from './rows.js'

/** Of so many rows hashes are kept at a time. */
const hashesAtOnce = 2_000_000
const linesAtOnce = 5_000

interface Ends {
  readonly from: DatabaseManager
  readonly to: DatabaseManager
  readonly applier: ChangeApplier
  readonly onRefused: (reason: string) => void
}

export interface RepairOptions {
  /** Leaves what only the target has: others may write to it by now. Default false. */
  readonly onlyAdd?: boolean
}

/**
 * Brings what differs from the source to the target, and takes from it what the source has not.
 *
 * @returns the kinds of which there was something to bring
 */
export async function repair(
  ends: Ends,
  differences: readonly Difference[],
  { onlyAdd = false }: RepairOptions = {},
): Promise<ReadonlySet<ExportKind>> {
  const brought = new Set<ExportKind>()
  for (const kind of new Set(differences.map((difference) => difference.kind))) {
    const ofKind = differences.filter((difference) => difference.kind === kind)
    const channels = new Set(ofKind.map(({ channelId }) => channelId))
    const rows = Math.max(...ofKind.map(({ sourceRows, targetRows }) => sourceRows + targetRows))
    const parts = Math.ceil((rows * ofKind.length) / hashesAtOnce)
    for (let part = 0; part < parts; part += 1) {
      const isWanted = (line: string, lineHash: bigint): boolean =>
        channels.has(channelOf(kind, line)) && Number(lineHash % BigInt(parts)) === part
      if ((await repairPart(ends, kind, isWanted, onlyAdd)) > 0) brought.add(kind)
    }
  }
  return brought
}

async function repairPart(
  ends: Ends,
  kind: ExportKind,
  isWanted: (line: string, lineHash: bigint) => boolean,
  onlyAdd: boolean,
): Promise<number> {
  const { from, to } = ends
  const theirs = new Set<bigint>()
  await forEachLine(to, kind, isWanted, async (_, lineHash) => void theirs.add(lineHash))
  let missing: string[] = []
  let brought = 0
  const bring = async (): Promise<void> => {
    const lines = onlyAdd && kind === 'embedding' ? await withoutOlder(to, missing) : missing
    missing = []
    brought += lines.length
    await bringLines(ends, kind, lines)
  }
  await forEachLine(from, kind, isWanted, async (line, lineHash) => {
    if (theirs.delete(lineHash)) return
    missing.push(line)
    if (missing.length === linesAtOnce) await bring()
  })
  await bring()
  if (onlyAdd || theirs.size === 0) return brought
  // What was replaced has other lines by now; what is left the source has not.
  const surplus: string[] = []
  await forEachLine(to, kind, isWanted, async (line, lineHash) => {
    if (theirs.has(lineHash)) surplus.push(line)
  })
  for (const line of surplus) await deleteRow(to, kind, JSON.parse(line))
  return brought
}

async function forEachLine(
  db: DatabaseManager,
  kind: ExportKind,
  isWanted: (line: string, lineHash: bigint) => boolean,
  take: (line: string, lineHash: bigint) => Promise<void>,
): Promise<void> {
  for await (const lines of readLines(db, kind)) {
    for (const line of lines) {
      const lineHash = hashLine(line)
      if (isWanted(line, lineHash)) await take(line, lineHash)
    }
  }
}

/** Without embeddings that the target has by now, from a later hour. */
async function withoutOlder(to: DatabaseManager, lines: readonly string[]): Promise<string[]> {
  const wanted: string[] = []
  for (const line of lines) {
    const { ownerType, ownerId, model, createdAt }: Ids = JSON.parse(line)
    const [there] = await to.getEmbeddings({ ownerType, ownerIds: [ownerId], model })
    if (there === undefined || there.createdAt < new Date(createdAt)) wanted.push(line)
  }
  return wanted
}

/** As a change where a line alone would leave what the source has cleared. */
async function bringLines(
  { to, applier, onRefused }: Ends,
  kind: ExportKind,
  lines: readonly string[],
): Promise<void> {
  const changes = lines.map((line) => changeOf(kind, JSON.parse(line)))
  const known = changes.filter((change) => change !== undefined)
  if (known.length > 0) await applier.apply(known)
  else if (lines.length > 0) await importLines(to, lines, onRefused)
}

interface Ids {
  readonly messageId: string
  readonly channelId: string
  readonly segmentId: string
  readonly userId: string
  readonly ownerType: 'message' | 'segment'
  readonly ownerId: string
  readonly model: string
  readonly reaction: string
  readonly userHash: string
  readonly createdAt: string
}

function changeOf(
  kind: ExportKind,
  { channelId, segmentId, userId, userHash }: Ids,
): ChangeEvent | undefined {
  const cursor = ''
  switch (kind) {
    case 'channel':
      return { kind: 'channelUpdated', cursor, channelId }
    case 'user':
      return { kind: 'userUpdated', cursor, userId }
    case 'profile':
      return { kind: 'profileUpdated', cursor, userId }
    case 'segment':
      return { kind: 'segmentUpdated', cursor, channelId, segmentId }
    case 'forgotten':
      return { kind: 'userForgotten', cursor, userHash }
    default:
      return undefined
  }
}

/** What hangs on a row that comes back goes with it, and comes back in the next round. */
async function deleteRow(to: DatabaseManager, kind: ExportKind, ids: Ids): Promise<unknown> {
  const { messageId, channelId, segmentId, userId, ownerType, ownerId, model, reaction } = ids
  switch (kind) {
    case 'channel':
      return to.deleteChannel({ channelId })
    case 'message':
      return to.deleteMessages([messageId])
    case 'segment':
      return to.deleteConversationSegment(segmentId)
    case 'embedding':
      return to.deleteEmbeddings({ ownerType, ownerIds: [ownerId], model })
    case 'user':
      return to.users.deleteUser(userId)
    case 'version':
      return to.deleteMessageHistory(ownerId)
    case 'reaction':
      return to.deleteReaction({ messageId: ownerId, userId, reaction })
    default:
      return undefined
  }
}
