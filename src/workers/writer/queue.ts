import { setImmediate as nextTurn } from 'node:timers/promises'
import type { MessagePort } from 'node:worker_threads'
import type { QueuedKind, WriterAnswers } from '../../protocol/answers.js'
import { countOperations, type BatchAnswer } from '../../protocol/batch.js'
import type { Outcome } from '../../protocol/messages.js'
import type { Fate, LinkOffer, LinkRequest, WriterTask } from '../../protocol/tasks.js'
import { SharedAnswers } from '../../protocol/shared-answers.js'
import type { Batch } from './group-commit.js'

type QueuedTask = WriterTask<QueuedKind>

/** How the writer does what waits; none of these throws: how a task ended is its result. */
interface Runners {
  /** Commits batches in one transaction and tells how each operation ended. */
  commit(batches: readonly Batch[]): BatchAnswer[]
  /** Resolves when the task is done with the writer. */
  run(task: QueuedTask, source: number): Promise<WriterAnswers[QueuedKind]>
  /** Does a little of what nobody waits for; tells whether there was any. */
  tidy(): boolean
  /** These two look at what is committed, or make it tidy, and never wait: whoever asks may be what a lease waits for. */
  indexNow(): Outcome<void>
  readFates(source: number, batches: readonly number[]): Outcome<Fate[]>
}

type Answer = (answer: unknown) => void
interface WaitingBatch {
  readonly batch: Batch
  readonly answer: Answer
}
interface WaitingTask {
  readonly task: QueuedTask
  readonly source: number
  readonly answer: Answer
}
type Waiting = WaitingBatch | WaitingTask

const isBatch = (waiting: Waiting | undefined): waiting is WaitingBatch =>
  waiting !== undefined && 'batch' in waiting

/** Enough to share the cost of a commit, few enough to keep it short. */
const maxOperationsTogether = 5_000

/**
 * What all threads ask of the writer, in one queue with one holder: first come, first served, and the next one begins when
 * the one before it is over. Only batches share: those that stand side by side, from whichever threads, are one transaction.
 */
export class WriterQueue {
  readonly #runners: Runners
  readonly #waiting: Waiting[] = []
  #isServing = false

  constructor(runners: Runners) {
    this.#runners = runners
  }

  /** Takes what comes over a link: the main thread's, or that of another one past a main thread that may be busy. */
  attach({ source, link, answers }: LinkOffer): void {
    const shared = new SharedAnswers(answers)
    link.on('message', ({ id, task }: LinkRequest) => {
      const answer = postTo(link, id)
      switch (task.kind) {
        case 'batch':
          this.#add({ batch: { source, batch: task.batch, items: task.items, answers: shared }, answer })
          break
        case 'index':
          answer(this.#runners.indexNow())
          break
        case 'fates':
          answer(this.#runners.readFates(source, task.batches))
          break
        default:
          this.#add({ task, source, answer })
      }
    })
  }

  #add(waiting: Waiting): void {
    this.#waiting.push(waiting)
    if (!this.#isServing) void this.#serve()
  }

  async #serve(): Promise<void> {
    this.#isServing = true
    let hasTidied = true
    while (this.#waiting.length > 0 || hasTidied) {
      // After the messages of all links that have come by now.
      await nextTurn()
      const [next] = this.#waiting
      hasTidied = next === undefined ? this.#runners.tidy() : true
      if (isBatch(next)) this.#commitTogether()
      else if (next !== undefined) await this.#runNext()
    }
    this.#isServing = false
  }

  async #runNext(): Promise<void> {
    const next = this.#waiting.shift()
    if (next === undefined || isBatch(next)) return
    next.answer(await this.#runners.run(next.task, next.source))
  }

  #commitTogether(): void {
    const together: WaitingBatch[] = []
    let operations = 0
    for (let next = this.#waiting[0]; isBatch(next); next = this.#waiting[0]) {
      operations += countOperations(next.batch.items)
      if (together.length > 0 && operations > maxOperationsTogether) break
      together.push(next)
      this.#waiting.shift()
    }
    const answers = this.#runners.commit(together.map(({ batch }) => batch))
    together.forEach(({ answer }, index) => answer(answers[index]))
  }
}

const postTo =
  (link: MessagePort, id: number): Answer =>
  (answer) =>
    link.postMessage({ id, answer })
