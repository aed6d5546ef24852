import type { MessagePort } from 'node:worker_threads'
import { countOperations, type BatchAnswer } from '../protocol/batch.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { LinkAnswer, LinkOffer, LinkRequest, WriterTask } from '../protocol/messages.js'
import { SharedAnswers } from '../protocol/shared-answers.js'
import { failBatches, type Batch } from './group-commit.js'

export type OtherTask = Exclude<WriterTask, { kind: 'batch' }>

interface Runners {
  /** Commits batches in one transaction and tells how each operation ended. */
  commit(batches: readonly Batch[]): Promise<BatchAnswer[]>
  run(task: OtherTask, source: number): Promise<unknown>
}

/** A batch that waits for the next transaction. */
interface WaitingBatch extends Batch {
  readonly link: MessagePort
  readonly id: number
}

/** Enough to share the cost of a commit, few enough to keep it short. */
const maxOperationsTogether = 5_000

/**
 * The links through which threads reach the writer: the main one, and others past a main thread that may be busy. Batches
 * that are there at the same time share a transaction, from whichever threads they come.
 */
export class WriterLinks {
  readonly #runners: Runners
  #waiting: WaitingBatch[] = []

  constructor(runners: Runners) {
    this.#runners = runners
  }

  attach({ source, link, answers }: LinkOffer): void {
    const shared = new SharedAnswers(answers)
    link.on('message', ({ id, task }: LinkRequest) => {
      if (task.kind === 'batch') {
        const { batch, items } = task
        this.#gather({ source, link, id, batch, items, answers: shared })
      } else {
        void this.#runners.run(task, source).then((answer) => post(link, { id, answer }))
      }
    })
  }

  /** Refuses what waits. */
  refuse(): void {
    const { code, message } = new ConvoDbError('CLOSED', 'The database was closed; nothing of this was done')
    const batches = this.#waiting
    this.#waiting = []
    answerEach(batches, failBatches(batches, { code, message }))
  }

  #gather(batch: WaitingBatch): void {
    this.#waiting.push(batch)
    // After the messages of all links that have come by now.
    if (this.#waiting.length === 1) setImmediate(() => void this.#commitTogether())
  }

  async #commitTogether(): Promise<void> {
    const batches = this.#takeTogether()
    if (batches.length === 0) return
    if (this.#waiting.length > 0) setImmediate(() => void this.#commitTogether())
    answerEach(batches, await this.#runners.commit(batches))
  }

  #takeTogether(): WaitingBatch[] {
    let operations = 0
    const end = this.#waiting.findIndex(
      ({ items }) => (operations += countOperations(items)) > maxOperationsTogether,
    )
    const batches = this.#waiting.slice(0, end === -1 ? undefined : Math.max(1, end))
    this.#waiting = this.#waiting.slice(batches.length)
    return batches
  }
}

function answerEach(batches: readonly WaitingBatch[], answers: readonly BatchAnswer[]): void {
  batches.forEach(({ link, id }, index) => post(link, { id, answer: answers[index] }))
}

const post = (link: MessagePort, answer: LinkAnswer): void => link.postMessage(answer)
