import type { BatchAnswer, BatchItem, BatchOutcome } from '../../protocol/batch.js'
import { commitBatch, unanswered } from './group-commit.js'
import { divide, type Part } from './parts.js'
import type { WriterConnection } from './writer-connection.js'

/** A connection that writes, and what it has to do. */
interface Lane {
  readonly connection: WriterConnection
  /** Settles with what it was given last, and never rejects. */
  last: Promise<unknown>
  /** The same of whatever has the connection. */
  busy: Promise<unknown>
  /** Of the messages that it was given and has not stored yet, a set for each part: one id may be in several. */
  readonly messageIds: Set<ReadonlySet<string>>
}

const toLane = (connection: WriterConnection): Lane => ({
  connection,
  last: Promise.resolve(),
  busy: Promise.resolve(),
  messageIds: new Set(),
})

/**
 * The connections that write. Single messages are stored over all of them side by side, those of one channel over the same one always, in the
 * order of the calls. All else waits until they are idle and goes over the first one, alone, and what comes behind it waits for it
 * (docs/decisions/0061-lanes-by-channel.md).
 */
export class WriterLanes {
  readonly #first: Lane
  readonly #lanes: readonly Lane[]

  constructor(first: WriterConnection, others: readonly WriterConnection[]) {
    this.#first = toLane(first)
    this.#lanes = [this.#first, ...others.map(toLane)]
  }

  async commit(items: readonly BatchItem[]): Promise<BatchAnswer> {
    const underWay = this.#lanes.map(({ messageIds }) => messageIds)
    const parts = this.#lanes.length === 1 ? undefined : divide(items, underWay)
    if (parts === undefined) return this.alone((connection) => commitBatch(connection, items))
    const outcomes: BatchOutcome[] = []
    await Promise.all(
      parts.map(async (part) => {
        const answer = await this.#store(part)
        for (const [place, index] of part.indexes.entries())
          outcomes[index] = typeof answer === 'string' ? answer : (answer[place] ?? unanswered)
      }),
    )
    return outcomes.every((outcome) => outcome === 'inserted') ? 'inserted' : outcomes
  }

  /** Runs `work` behind all that was asked for before it, and before all that is asked for after it. */
  alone<Value>(work: (connection: WriterConnection) => Promise<Value>): Promise<Value> {
    const done = Promise.all(this.#lanes.map(({ last }) => last)).then(() => use(this.#first, work))
    const over = settled(done)
    for (const lane of this.#lanes) lane.last = over
    return done
  }

  /** Where a server has no connection left for a lane, the first one, which was there when the database was opened, does its work. */
  async #reachable(lane: Lane): Promise<Lane> {
    try {
      await lane.connection.client()
      return lane
    } catch {
      return this.#first
    }
  }

  /** While anybody waits for an answer the process is kept. Returns what ends the wait. */
  hold(): () => void {
    const releases = this.#lanes.map(({ connection }) => connection.hold())
    return () => {
      for (const release of releases) release()
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map(({ connection }) => connection.close()))
  }

  #store({ lane: number, items, messageIds }: Part): Promise<BatchAnswer> {
    const lane = this.#lanes[number] ?? this.#first
    lane.messageIds.add(messageIds)
    const done = lane.last
      .then(() => this.#reachable(lane))
      .then((reachable) => use(reachable, (connection) => commitBatch(connection, items)))
      .finally(() => lane.messageIds.delete(messageIds))
    lane.last = settled(done)
    return done
  }
}

function use<Value>(lane: Lane, work: (connection: WriterConnection) => Promise<Value>): Promise<Value> {
  const done = lane.busy.then(() => work(lane.connection))
  lane.busy = settled(done)
  return done
}

const settled = (done: Promise<unknown>): Promise<unknown> => done.catch(() => 'whoever asked is told')
