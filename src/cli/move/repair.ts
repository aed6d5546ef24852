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
    const rows = ofKind.reduce((sum, { sourceRows, targetRows }) => sum + sourceRows + targetRows, 0)
    const parts = Math.ceil(rows / hashesAtOnce)
    for (let part = 0; part < parts; part += 1) {
      // By the row and not by its line: of a row that has changed both lines are in one part.
      const isWanted = (line: string): boolean =>
        channels.has(channelOf(kind, line)) && (parts === 1 || partOf(line, parts) === part)
      if ((await repairPart(ends, kind, isWanted, onlyAdd)) > 0) brought.add(kind)
    }
  }
  return brought
}

async function repairPart(
  ends: Ends,
  kind: ExportKind,
  isWanted: (line: string) => boolean,
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
    brought += await bringLines(ends, kind, lines)
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
  isWanted: (line: string) => boolean,
  take: (line: string, lineHash: bigint) => Promise<void>,
): Promise<void> {
  for await (const lines of readLines(db, kind)) {
    for (const line of lines) {
      if (isWanted(line)) await take(line, hashLine(line))
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

/** Which part a row belongs to, whatever its line says of it. */
function partOf(line: string, parts: number): number {
  const { messageId, segmentId, ownerId, userId, channelId, model, userHash }: Partial<Ids> = JSON.parse(line)
  const rowId = messageId ?? segmentId ?? ownerId ?? userId ?? channelId ?? model ?? userHash ?? ''
  return Number(hashLine(rowId) % BigInt(parts))
}

/** As a change where a line alone would leave what the source has cleared. */
async function bringLines(
  { to, applier, onRefused }: Ends,
  kind: ExportKind,
  lines: readonly string[],
): Promise<number> {
  const changes = lines.map((line) => changeOf(kind, JSON.parse(line)))
  const known = changes.filter((change) => change !== undefined)
  if (known.length === 0) return lines.length === 0 ? 0 : importLines(to, lines, onRefused)
  await applier.apply(known)
  return known.length
}

interface Ids {
  readonly messageId: string
  /** Further members of a segment do not say it. */
  readonly channelId?: string
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
  { channelId = '', segmentId, userId, userHash }: Ids,
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
  const { messageId, channelId = '', segmentId, userId, ownerType, ownerId, model, reaction } = ids
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
