import { setTimeout as wait } from 'node:timers/promises'
import { ConvoDbError, type DatabaseManager } from '../../main/index.js'
import { decodeChangeCursor, hasPassed, type ChangePlace } from '../../protocol/change-cursor.js'
import type { ExportKind } from '../../protocol/transfer-parameters.js'
import { ChangeApplier } from './apply-changes.js'
import { copyRows } from './copy-rows.js'
import { compareDigests, readDigests, type Difference, type Digests } from './digests.js'
import { repair, type RepairOptions } from './repair.js'
import type { MoveState, RowsState } from './state.js'

/** What a move is told, and whom it tells. */
export interface MoveOptions {
  /** Stops it; what is done by then stays, and the state says where to go on. */
  readonly signal: AbortSignal
  /** Keeps the state, once what it says is durable. */
  readonly save: (state: MoveState) => Promise<void>
  readonly onProgress: (describe: () => string) => void
}

const pageLimit = 1_000
const saveEveryMs = 500
/** What embedders store meanwhile is theirs to bring. */
const untoldRounds = 3
const lookEveryMs = 100
/** What waits for another change of its page is made at the second try; what waits for it, at the third. */
const maxAgain = 3
/** What no change tells of. */
const untold: readonly ExportKind[] = ['model', 'version', 'reaction', 'activity', 'embedding']
/** When a channel was last active follows from messages that may be gone by now. */
const untoldAndChannels: readonly ExportKind[] = ['channel', ...untold]
/** What others that write there by then do not change in passing. */
const late: readonly ExportKind[] = ['model', 'version', 'reaction', 'embedding']

const placeOf = (cursor: string): ChangePlace => decodeChangeCursor(cursor) ?? { messageKey: 0, changeId: 0 }

/** One move under way, from its state on. */
export class Move {
  readonly #from: DatabaseManager
  readonly #to: DatabaseManager
  readonly #options: MoveOptions
  readonly #applier: ChangeApplier
  #state: MoveState
  #savedAtMs = 0
  #changes = 0
  /** Whether there were changes that nobody will tell of again. */
  #hasMissed = false
  #refusal: string | undefined
  readonly #noteRefusal = (reason: string): void => void (this.#refusal = reason)

  constructor(from: DatabaseManager, to: DatabaseManager, state: MoveState, options: MoveOptions) {
    this.#from = from
    this.#to = to
    this.#state = state
    this.#options = options
    this.#applier = new ChangeApplier(from, to)
  }

  /** Why the target refused a row, the last time that it did: what was gone by then is no fault. */
  get refusal(): string | undefined {
    return this.#refusal
  }

  /** Copies all rows, and then what changed meanwhile. */
  async copy(): Promise<void> {
    const { rows } = this.#state
    if (rows !== undefined) await this.#copyRows(rows)
    await this.catchUp()
  }

  /** Applies the changes that there are by now; those that come meanwhile are for the next time. @returns how many */
  async catchUp(): Promise<number> {
    const before = this.#changes
    const end = placeOf((await this.#from.listChanges()).nextCursor)
    for (let hasMore = true; hasMore;) {
      this.#options.signal.throwIfAborted()
      const page = await this.#listChanges()
      await this.#applier.apply(page.items)
      this.#changes += page.items.length
      this.#state = { ...this.#state, changesAfter: page.nextCursor }
      hasMore = page.hasMore && !hasPassed(placeOf(page.nextCursor), end)
      if (page.items.length === 0) continue
      this.#options.onProgress(() => `${this.#changes} changes applied`)
      if (performance.now() - this.#savedAtMs > saveEveryMs) await this.save()
    }
    for (let again = 0; this.#applier.waiting > 0 && again < maxAgain; again += 1)
      await this.#applier.apply([])
    return this.#changes - before
  }

  /** Whether only a comparison can bring all that is missing. */
  get isStuck(): boolean {
    return this.#hasMissed || this.#applier.waiting > 0
  }

  /** Compares all rows and brings over what differs, until nothing does, some times at most. @returns what differs still */
  async settle(
    maxRounds: number,
  ): Promise<{ readonly differences: readonly Difference[]; readonly source: Digests }> {
    for (let round = 1; ; round += 1) {
      this.#options.onProgress(() => 'Comparing')
      await this.catchUp()
      const [source, target] = await Promise.all([readDigests(this.#from), readDigests(this.#to)])
      const differences = compareDigests(source, target)
      if (differences.length > 0 && round > maxRounds) return { differences, source }
      // What was missed is among the differences, and comes now.
      this.#hasMissed = false
      if (differences.length === 0) return { differences, source }
      this.#options.signal.throwIfAborted()
      await this.#repair(differences)
    }
  }

  /** Keeps up until `isOver` resolves to true, asked between two looks. */
  async follow(isOver: () => Promise<boolean>): Promise<void> {
    for (;;) {
      const applied = await this.catchUp()
      if (await isOver()) break
      if (applied === 0) await wait(lookEveryMs)
    }
    await this.catchUp()
    await this.save()
  }

  /**
   * Brings what no change tells of. `onlyAdd`: takes nothing from the target, to which others may write by then.
   *
   * @returns what did not come, and how many rows of those kinds there are
   */
  async bringUntold(
    options: RepairOptions = {},
  ): Promise<{ readonly differences: readonly Difference[]; readonly rows: number }> {
    const kinds = options.onlyAdd === true ? late : untoldAndChannels
    for (let round = 1; ; round += 1) {
      const [source, target] = await Promise.all([
        readDigests(this.#from, kinds),
        readDigests(this.#to, kinds),
      ])
      const rows = [...source.values()].reduce((sum, { count }) => sum + count, 0)
      const differences = compareDigests(source, target)
      const brought = await this.#repair(differences, options)
      if (differences.length === 0 || (brought.size === 0 && options.onlyAdd === true))
        return { differences: [], rows }
      if (round > untoldRounds) return { differences, rows }
    }
  }

  /** From now on nothing is taken from the target, whatever becomes of this process. */
  async noteSwitch(): Promise<void> {
    this.#state = { ...this.#state, isSwitchedOver: true }
    await this.save()
  }

  async save(): Promise<void> {
    this.#savedAtMs = performance.now()
    await this.#options.save(this.#state)
  }

  async #copyRows(start: RowsState): Promise<void> {
    const startedAtMs = performance.now()
    let copied = 0
    await copyRows(this.#from, this.#to, start, {
      signal: this.#options.signal,
      onRefused: this.#noteRefusal,
      onCopied: async (rows, count) => {
        copied += count
        this.#state = { ...this.#state, rows }
        await this.save()
        const perSecond = Math.round((1000 * copied) / (performance.now() - startedAtMs))
        this.#options.onProgress(() => `${copied} rows copied, ${perSecond}/s`)
      },
    })
    this.#state = { ...this.#state, rows: undefined }
    await this.save()
  }

  #repair(differences: readonly Difference[], options?: RepairOptions): Promise<ReadonlySet<ExportKind>> {
    this.#options.onProgress(() => `Bringing over what differs: ${differences.length}`)
    const ends = {
      from: this.#from,
      to: this.#to,
      applier: this.#applier,
      onRefused: this.#noteRefusal,
    }
    return repair(ends, differences, options)
  }

  /** Where they are no more that far back, comparing finds what they would have told. */
  async #listChanges() {
    try {
      return await this.#from.listChanges({ after: this.#state.changesAfter, limit: pageLimit })
    } catch (error) {
      if (!(error instanceof ConvoDbError) || error.code !== 'CURSOR_TOO_OLD') throw error
      this.#hasMissed = true
      const present = await this.#from.listChanges()
      return { ...present, items: [] }
    }
  }
}
