import { setTimeout as wait } from 'node:timers/promises'
import type pg from 'pg'
import type { ReaderAnswers } from '../protocol/answers.js'
import type { AnyOutcome, AnyResult, OperationMessage } from '../protocol/messages.js'
import type { OperationName } from '../protocol/operations.js'
import type { ReaderTask } from '../protocol/tasks.js'
import { ConvoDbError } from '../protocol/errors.js'
import { begin } from './connection/begin.js'
import { connect, disconnect, type ConnectSettings } from './connection/connect.js'
import { isConnectionLost, isOfNode, toError, toErrorData } from './connection/errors.js'
import { AskedTogether } from './connection/asked-together.js'
import { gatherWrites } from './connection/gathered-writes.js'
import { Session, type MessagePlace } from './connection/session.js'
import { runOperation } from './dispatch.js'
import { lendConnection } from './lease.js'
import type { LostNodes } from './lost-nodes.js'

/** For so long a server that does not answer is waited for. */
const patienceMs = 30_000
const pauseMs = 100
const ignore = (): void => undefined
/** In a transaction that has failed; and of a statement that would have been prepared in it. */
const afterFailure: ReadonlySet<unknown> = new Set(['25P02', '26000'])

const unread: AnyOutcome = {
  ok: false,
  error: new ConvoDbError('INTERNAL', 'An operation of a bundle has no answer').toJSON(),
}

/** They look on the nodes for what the catalogue tells of (tables/changes.ts). */
const awaitingNodes: ReadonlySet<OperationName> = new Set(['listChanges', 'getSegmentingStep'])

/** Writes what an operation answers as JSON in UTF-8. */
export type ToJson = (name: OperationName, value: unknown) => Uint8Array

/** Connections that read; each works on one bundle at a time. */
export class Readers {
  readonly threads: number
  readonly #settings: ConnectSettings
  readonly #lostNodes: LostNodes
  readonly #toJson: ToJson
  readonly #free: pg.Client[] = []
  #isClosed = false

  constructor(settings: ConnectSettings, lostNodes: LostNodes, threads: number, toJson: ToJson) {
    this.#settings = settings
    this.#lostNodes = lostNodes
    this.#toJson = toJson
    this.threads = threads
  }

  async run<Task extends ReaderTask>(
    task: Task,
    transferList?: unknown,
    signal?: AbortSignal,
  ): Promise<ReaderAnswers[Task['kind']]>
  async run(task: ReaderTask, _transferList?: unknown, signal?: AbortSignal): Promise<unknown> {
    switch (task.kind) {
      case 'operations':
        return this.#readAll(task.operations, signal)
      case 'lease':
        return lendConnection(this.#settings, 'read', task)
      case 'scrub':
        return {
          ok: false,
          error: new ConvoDbError('UNSUPPORTED', 'PostgreSQL checks its pages itself').toJSON(),
        }
      default:
        return { ok: true, value: undefined }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.all(this.#free.splice(0).map((client) => disconnect(client)))
  }

  /** Where the connection turns out to be lost they are read again over another one: nothing was changed. */
  async #readAll(operations: readonly OperationMessage[], signal?: AbortSignal): Promise<AnyOutcome[]> {
    const deadlineMs = performance.now() + patienceMs
    for (;;) {
      let client: pg.Client | undefined
      try {
        client = this.#free.pop() ?? (await connect(this.#settings))
        client.ref()
        const outcomes = await this.#readTogether(client, operations, signal)
        await this.#giveBack(client)
        return outcomes
      } catch (error) {
        void client?.end().catch(() => 'it is gone')
        const isOver = this.#isClosed || signal?.aborted === true || performance.now() > deadlineMs
        if (signal?.aborted === true) throw error
        if (!isConnectionLost(error)) throw toError(error)
        // An answer, as whoever is told of a lost bundle reads each of it again.
        if (isOver) return operations.map(() => ({ ok: false, error: toErrorData(error) }))
        await wait(pauseMs)
      }
    }
  }

  async #giveBack(client: pg.Client): Promise<void> {
    if (this.#isClosed) return disconnect(client)
    this.#free.push(client)
    // Whoever waits for an answer keeps the process; a connection alone does not.
    client.unref()
  }

  /**
   * All of them read one snapshot, which was taken after the last was called, and their statements go side by side: a round trip for all
   * instead of one for each. A statement that fails takes along what comes behind it; that is read again by itself.
   */
  async #readTogether(
    client: pg.Client,
    operations: readonly OperationMessage[],
    signal?: AbortSignal,
  ): Promise<AnyOutcome[]> {
    const session = new Session(client)
    const refusals = await this.#lostNodes.refusalsOf(session, operations)
    const asked = operations.filter((_, index) => refusals[index] === undefined)
    const outcomes = await this.#readInSnapshots(client, asked, session.isDivided)
    for (const [index, operation] of asked.entries()) {
      const outcome = outcomes[index]
      if (outcome?.ok !== false) continue
      if (isOfNode(outcome.error)) await this.#lostNodes.note(session, operation, outcome.error)
      if (!afterFailure.has(outcome.error.details?.['sqlState'])) continue
      signal?.throwIfAborted()
      outcomes[index] = await this.#lostNodes.attempt(session, operation, async () => {
        const [again] = await this.#readInSnapshot(client, [operation])
        return again ?? outcome
      })
    }
    return refusals.map((error) =>
      error === undefined ? (outcomes.shift() ?? unread) : { ok: false, error },
    )
  }

  /** All in one, but for those that wait for the nodes of a cluster: a node that was asked before would show them what was before. */
  async #readInSnapshots(
    client: pg.Client,
    operations: readonly OperationMessage[],
    isDivided: boolean,
  ): Promise<AnyOutcome[]> {
    const isAlone = ({ name }: OperationMessage): boolean => isDivided && awaitingNodes.has(name)
    const others = operations.filter((operation) => !isAlone(operation))
    const read = others.length === 0 ? [] : await this.#readInSnapshot(client, others)
    const outcomes: AnyOutcome[] = []
    for (const operation of operations) {
      const [outcome] = isAlone(operation) ? await this.#readInSnapshot(client, [operation]) : [read.shift()]
      outcomes.push(outcome ?? unread)
    }
    return outcomes
  }

  async #readInSnapshot(client: pg.Client, operations: readonly OperationMessage[]): Promise<AnyOutcome[]> {
    // Nobody waits for these two: what they meet the operations meet, or whoever has the connection next.
    begin(client, 'read').catch(ignore)
    const places = operations.length > 1 ? new AskedTogether<MessagePlace>() : undefined
    const outcomes = await Promise.all(
      operations.map((operation) =>
        this.#outcomeOf(() => this.#read(new Session(client, { places }), operation)),
      ),
    )
    // With what comes next, where that is at once.
    gatherWrites(client)
    client.query('ROLLBACK').catch(ignore)
    return outcomes
  }

  /** @throws where the connection is lost */
  async #outcomeOf(work: () => Promise<AnyResult>): Promise<AnyOutcome> {
    try {
      return { ok: true, value: await work() }
    } catch (error) {
      if (isConnectionLost(error)) throw error
      return { ok: false, error: toErrorData(error) }
    }
  }

  async #read(session: Session, operation: OperationMessage): Promise<AnyResult> {
    const value = await runOperation(session, operation)
    return operation.form === undefined ? value : this.#toJson(operation.name, value)
  }
}
