import type { DatabaseManager } from '../../main/index.js'
import { exportKinds } from '../../protocol/operations/transfer.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'
import { hashLine, readLines } from './rows.js'

/** Rows of one kind, of one channel where their lines name it. */
interface Group {
  readonly kind: ExportKind
  readonly channelId: string | undefined
  count: number
  /** Of its lines' hashes, without their carry: the same in whatever order they come. */
  checksum: bigint
}

export type Digests = ReadonlyMap<string, Readonly<Group>>

/** How two databases differ in one group. */
export interface Difference {
  readonly kind: ExportKind
  readonly channelId: string | undefined
  readonly sourceRows: number
  readonly targetRows: number
}

const kindsByChannel: ReadonlySet<ExportKind> = new Set(['channel', 'message', 'segment'])

export const channelOf = (kind: ExportKind, line: string): string | undefined =>
  kindsByChannel.has(kind) ? JSON.parse(line).channelId : undefined

/** Counts and sums up all rows, in one pass. */
export async function readDigests(
  db: DatabaseManager,
  kinds: readonly ExportKind[] = exportKinds,
): Promise<Digests> {
  const groups = new Map<string, Group>()
  for (const kind of kinds) {
    for await (const lines of readLines(db, kind)) {
      for (const line of lines) {
        const channelId = channelOf(kind, line)
        const key = `${kind} ${channelId ?? ''}`
        const group = groups.get(key) ?? { kind, channelId, count: 0, checksum: 0n }
        group.count += 1
        group.checksum = BigInt.asUintN(64, group.checksum + hashLine(line))
        groups.set(key, group)
      }
    }
  }
  return groups
}

/** In the order of an export's kinds. */
export function compareDigests(source: Digests, target: Digests): Difference[] {
  const keys = [...new Set([...source.keys(), ...target.keys()])]
  const differences = keys.flatMap((key) => {
    const [ours, theirs] = [source.get(key), target.get(key)]
    const either = ours ?? theirs
    if (either === undefined || (ours?.count === theirs?.count && ours?.checksum === theirs?.checksum))
      return []
    const { kind, channelId } = either
    return [{ kind, channelId, sourceRows: ours?.count ?? 0, targetRows: theirs?.count ?? 0 }]
  })
  return differences.toSorted((a, b) => exportKinds.indexOf(a.kind) - exportKinds.indexOf(b.kind))
}
