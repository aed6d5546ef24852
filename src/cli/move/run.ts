import type { DatabaseManager } from '../../main/index.js'
import { exportKinds } from '../../protocol/operations/transfer.js'
import { isPostgresUrl } from '../../main/postgres-url.js'
import { assertNotOwn } from '../assert-not-own.js'
import { printable } from '../format.js'
import { listenForInterrupt } from '../interrupt.js'
import { createLinePrinter, printLine } from '../progress-lines.js'
import type { Difference } from './digests.js'
import { Move } from './move.js'
import {
  assertAreTwo,
  assertIsFor,
  lockTarget,
  nameOf,
  openSource,
  openTarget,
  statePathOf,
} from './places.js'
import { reportInJson, reportInWords, type Report } from './report.js'
import { deleteState, readState, writeState, type MoveState } from './state.js'
import { finish, switchOver } from './switch-over.js'

export interface MoveSettings {
  readonly from: string
  readonly to: string
  readonly state?: string
  readonly follow: boolean
  readonly json: boolean
}

/** A file that is written to changes while it is compared: following needs no more than that little is left. */
const rounds = { toTheEnd: 5, whileFollowing: 2 } as const

/** Runs a move from its beginning, or from where it stopped. @returns what to exit with */
export async function runMove(settings: MoveSettings): Promise<number> {
  const { from, to } = settings
  const statePath = settings.state ?? (await statePathOf(from, to))
  const names = { from: await nameOf(from), to: await nameOf(to) }
  assertAreTwo(names)
  for (const db of [from, to].filter((place) => !isPostgresUrl(place)))
    await assertNotOwn(db, statePath, 'state')
  const unlock = await lockTarget(to)
  try {
    return await runAlone(settings, names, statePath)
  } finally {
    await unlock()
  }
}

async function runAlone(
  { from, to, follow, json }: MoveSettings,
  names: Pick<MoveState, 'from' | 'to'>,
  statePath: string,
): Promise<number> {
  const begun = await readState(statePath)
  assertIsFor(names, begun, statePath)
  await using source = await openSource(from)
  await using target = await openTarget(to, begun !== undefined)
  const report = json ? reportInJson : reportInWords
  const stopping = new AbortController()
  let isFollowing = false
  const interrupt = listenForInterrupt(() => {
    if (isFollowing) return
    printLine('Stopping. The same command goes on from here.')
    stopping.abort()
  })
  const move = new Move(source, target, begun ?? { ...names, ...(await startOf(source)) }, {
    signal: stopping.signal,
    save: (state) => writeState(statePath, state),
    onProgress: createLinePrinter(),
  })
  try {
    const differences = await run()
    if (differences.length > 0) return tellDifferences(differences, move.refusal, report)
    await deleteState(statePath)
    return 0
  } catch (error) {
    if (!stopping.signal.aborted) throw error
    await move.save()
    return interrupt.exitCode() ?? 1
  }

  async function run(): Promise<readonly Difference[]> {
    await move.save()
    if (begun?.isSwitchedOver === true) return finish(move, report)
    await move.copy()
    const settled = await move.settle(follow ? rounds.whileFollowing : rounds.toTheEnd)
    if (follow) {
      isFollowing = true
      return switchOver(move, { from, source, target }, interrupt.signal, report)
    }
    if (settled.differences.length === 0) report.moved(settled.source)
    return settled.differences
  }
}

/** Changes from before the first row on: what is changed while rows are copied is told of after them. */
async function startOf(
  source: DatabaseManager,
): Promise<Pick<MoveState, 'changesAfter' | 'rows' | 'isSwitchedOver'>> {
  const { nextCursor } = await source.listChanges()
  const [kind = 'message'] = exportKinds
  const rows = { kind, upTo: undefined, cursor: undefined }
  return { changesAfter: nextCursor, rows, isSwitchedOver: false }
}

function tellDifferences(
  differences: readonly Difference[],
  refusal: string | undefined,
  report: Report,
): number {
  report.differences(differences)
  if (refusal !== undefined) printLine(`The target refused a row: ${printable(refusal)}`)
  printLine('Where the source is written to meanwhile, --follow keeps up with it. The same command goes on.')
  return 1
}
