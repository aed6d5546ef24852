import { open, readFile, rename, rm } from 'node:fs/promises'
import { ConvoDbError } from '../../main/index.js'
import { exportKinds } from '../../protocol/operations/transfer.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'

/** How far the rows are. */
export interface RowsState {
  readonly kind: ExportKind
  /** Of the export's first answer. */
  readonly upTo: string | undefined
  readonly cursor: string | undefined
}

/** How far a move is: what lies before it is in the target, on its disk. */
export interface MoveState {
  readonly from: string
  readonly to: string
  /** Behind the changes that are applied; those that came while rows were copied are applied after them. */
  readonly changesAfter: string
  /** Undefined once all are copied. */
  readonly rows: RowsState | undefined
  /** Whether others may write to the target by now, so that nothing may be taken from it any more. */
  readonly isSwitchedOver: boolean
}

/** The state of a move that was begun; undefined where none was. @throws INVALID_ARGUMENT where the file is something else */
export async function readState(path: string): Promise<MoveState | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
  const state = toState(parse(text))
  if (state !== undefined) return state
  throw new ConvoDbError(
    'INVALID_ARGUMENT',
    `${path} is no state of a move; delete it, and the move begins again with an empty target`,
    { path },
  )
}

/** Replaces the state in one step: a cut leaves the one before. */
export async function writeState(path: string, state: MoveState): Promise<void> {
  const draft = `${path}.${process.pid}.unfinished`
  // Left by an earlier process of this number, or a link that somebody has put there.
  await rm(draft, { force: true })
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(state, null, 2)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
}

export const deleteState = (path: string): Promise<void> => rm(path, { force: true })

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const isKind = (given: unknown): given is ExportKind => exportKinds.some((kind) => kind === given)
const isText = (given: unknown): given is string => typeof given === 'string'

function toState(given: unknown): MoveState | undefined {
  const { from, to, changesAfter, rows, isSwitchedOver = false } = Object(given)
  if (!isText(from) || !isText(to) || !isText(changesAfter)) return undefined
  if (typeof isSwitchedOver !== 'boolean') return undefined
  if (rows === undefined) return { from, to, changesAfter, rows, isSwitchedOver }
  const { kind, upTo, cursor } = Object(rows)
  if (!isKind(kind) || !isTextOrNone(upTo) || !isTextOrNone(cursor)) return undefined
  return { from, to, changesAfter, rows: { kind, upTo, cursor }, isSwitchedOver }
}

const isTextOrNone = (given: unknown): given is string | undefined => given === undefined || isText(given)
