import { ConvoDbError, type DatabaseManager, type OperationOutcome } from '../../../main/index.js'
import { nextTurn } from '../../../main/next-turn.js'
import { InFlight } from '../../../importers/in-flight.js'
import { isLineFault, isOfForgottenUser } from '../../../importers/line-fault.js'
import { maxRequestOperations } from '../../../protocol/requests.js'
import type { IngestOutput, IngestProgress, IngestReport, IngestSettings } from '../messages.js'
import type { LineOperation } from './line-operation.js'

type StoreOutcome = OperationOutcome<{ readonly outcome: keyof IngestReport['accepted'] }>

/** Lines that go to the writer together. Each of them is stored or refused by itself. */
interface Bulk {
  readonly operations: LineOperation[]
  readonly lines: number[]
  bytes: number
  /** The last line that is told by it; blank and unreadable ones may stand at the end. */
  lastLine: number
  isDurable: boolean
  /** When its first message came. */
  startedAtMs: number
}

const maxBulkBytes = 1024 * 1024
/** A line waits for others no longer than this. */
export const maxWaitMs = 5
const limits = { maxCalls: 8, maxBytes: 8 * 1024 * 1024 }
/** The rest is only counted. */
const maxToldRefusals = 1_000
/** While the writer answers nothing. */
const progressEveryMs = 100

/** Puts the lines of one upload into the database, in their order, and tells how far it is. */
export class StoredLines {
  readonly #db: DatabaseManager
  readonly #withinChannels: readonly string[] | undefined
  readonly #tell: (output: IngestOutput) => void
  readonly #calls: InFlight
  readonly #underWay: Bulk[] = []
  #next: Bulk
  readonly #accepted = { inserted: 0, updated: 0, ignored: 0 }
  #refused = 0
  #line = 0
  #durableLine: number
  #toldAtMs = 0

  /**
   * @param onFailure is told when nothing more can be stored.
   */
  constructor(
    db: DatabaseManager,
    { startLine, withinChannels }: Pick<IngestSettings, 'startLine' | 'withinChannels'>,
    tell: (output: IngestOutput) => void,
    onFailure: () => void,
  ) {
    this.#db = db
    this.#tell = tell
    this.#calls = new InFlight(limits, onFailure)
    this.#withinChannels = withinChannels && [...withinChannels]
    // That with which the upload before this one has ended.
    this.#durableLine = startLine - 1
    this.#next = emptyBulk(this.#durableLine)
  }

  get durableLine(): number {
    return this.#durableLine
  }

  /** Whether `flush` has to be called before another line is added. */
  get isFull(): boolean {
    return this.#next.operations.length === maxRequestOperations || this.#next.bytes >= maxBulkBytes
  }

  /** Whether the first of the lines that wait has waited long enough; looked at when others have come. */
  get isDue(): boolean {
    const { operations, startedAtMs } = this.#next
    return operations.length > 0 && performance.now() - startedAtMs >= maxWaitMs
  }

  /** Whether all lines since the last `flush` were blank or refused: they need not wait for others. */
  get isWithoutMessages(): boolean {
    return this.#next.operations.length === 0
  }

  add(line: number, bytes: number, operation: LineOperation): void {
    if (this.#next.operations.length === 0) this.#next.startedAtMs = performance.now()
    this.#next.operations.push(operation)
    this.#next.lines.push(line)
    this.#next.bytes += bytes
    this.reach(line)
  }

  /** A line that is not sent to the writer. */
  refuse(line: number, error: ConvoDbError): void {
    this.reach(line)
    this.#refuse(line, error)
  }

  #refuse(line: number, { code, message, details }: ConvoDbError): void {
    this.#refused += 1
    if (this.#refused > maxToldRefusals) return
    this.#tell({ kind: 'refused', refused: { line, code, message, details } })
  }

  /** Every line up to this one was added, refused or has nothing in it. */
  reach(line: number): void {
    this.#line = line
    this.#next.lastLine = Math.max(this.#next.lastLine, line)
  }

  /** Sends what was added, as soon as there is room. @throws what ended an earlier call for good */
  async flush(): Promise<void> {
    const bulk = this.#next
    if (bulk.lastLine === this.#underWay.at(-1)?.lastLine && bulk.operations.length === 0) return
    this.#next = emptyBulk(bulk.lastLine)
    this.#underWay.push(bulk)
    if (performance.now() - this.#toldAtMs >= progressEveryMs) this.#tellProgress()
    await this.#calls.start(bulk.bytes, () => this.#store(bulk))
    // So that it leaves for the writer now, and answers come in.
    await nextTurn()
  }

  /** Resolves when all that was added is durable or refused. @throws as `flush` */
  async settle(): Promise<void> {
    try {
      await this.flush()
      await this.#calls.settle()
    } finally {
      this.#tellProgress()
    }
  }

  report(): IngestReport {
    const accepted = { ...this.#accepted }
    return { lines: this.#line, accepted, refused: this.#refused, durableLine: this.#durableLine }
  }

  async #store(bulk: Bulk): Promise<void> {
    const outcomes = await this.#execute(bulk.operations)
    for (const [index, outcome] of outcomes.entries()) this.#note(bulk.lines[index] ?? 0, outcome)
    bulk.isDurable = true
    for (let [first] = this.#underWay; first?.isDurable === true; [first] = this.#underWay) {
      this.#durableLine = first.lastLine
      this.#underWay.shift()
    }
    this.#tellProgress()
  }

  #execute(operations: readonly LineOperation[]): Promise<readonly StoreOutcome[]> {
    if (operations.length === 0) return Promise.resolve([])
    return this.#db.executeEach(operations, { withinChannels: this.#withinChannels })
  }

  #note(line: number, outcome: StoreOutcome): void {
    if (outcome.ok) {
      this.#accepted[outcome.value.outcome] += 1
      return
    }
    const error = alone(outcome.error)
    if (!isLineFault(error) && !isOfForgottenUser(error)) throw error
    this.#refuse(line, error)
  }

  #tellProgress(): void {
    this.#toldAtMs = performance.now()
    const { inserted, updated, ignored } = this.#accepted
    const progress: IngestProgress = {
      line: this.#line,
      accepted: inserted + updated + ignored,
      refused: this.#refused,
      durableLine: this.#durableLine,
    }
    this.#tell({ kind: 'progress', progress })
  }
}

const emptyBulk = (lastLine: number): Bulk => ({
  operations: [],
  lines: [],
  bytes: 0,
  lastLine,
  isDurable: false,
  startedAtMs: 0,
})

/** The error as the line's message by itself would meet it. */
function alone(error: ConvoDbError): ConvoDbError {
  if (error.cause instanceof ConvoDbError) return error.cause
  const { index: _, operation: _operation, ...details } = error.details
  return new ConvoDbError(error.code, error.message, details)
}
