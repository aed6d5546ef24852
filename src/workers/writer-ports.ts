import type { MessagePort } from 'node:worker_threads'
import { countOperations, type BatchAnswer, type BatchItem } from '../protocol/batch.js'
import type { ConnectionSettings, PortMessage, PortRequest, PortTask } from '../protocol/messages.js'

interface Runners {
  /** Commits operations in one transaction and tells how each ended. */
  commit(items: readonly BatchItem[]): Promise<BatchAnswer>
  run(task: Exclude<PortTask, { kind: 'batch' }>): Promise<unknown>
}

/** A port's batch that waits for the next transaction. */
interface WaitingBatch {
  readonly port: MessagePort
  readonly id: number
  readonly items: readonly BatchItem[]
}

/** Enough to share the cost of a commit, few enough to keep it short. */
const maxOperationsTogether = 5_000

/**
 * The ports through which other threads reach the writer directly, past a main thread that may be busy. Batches that are
 * there at the same time share a transaction, from whichever threads they come.
 */
export class WriterPorts {
  readonly #settings: ConnectionSettings
  readonly #runners: Runners
  readonly #ports = new Set<MessagePort>()
  #waiting: WaitingBatch[] = []

  constructor(settings: ConnectionSettings, runners: Runners) {
    this.#settings = settings
    this.#runners = runners
  }

  attach(port: MessagePort): void {
    this.#ports.add(port)
    port.on('message', (request: PortRequest) => this.#take(port, request))
    port.once('close', () => this.#ports.delete(port))
    post(port, { kind: 'settings', settings: this.#settings })
  }

  /** Tells every thread, by the closing itself, that nothing will be answered any more. */
  close(): void {
    this.#waiting = []
    for (const port of this.#ports) port.close()
  }

  #take(port: MessagePort, { id, task }: PortRequest): void {
    if (task.kind === 'batch') {
      this.#waiting.push({ port, id, items: task.items })
      // After the messages of all ports that have come by now.
      if (this.#waiting.length === 1) setImmediate(() => void this.#commitTogether())
    } else {
      void this.#runners.run(task).then((answer) => post(port, { kind: 'answer', id, answer }))
    }
  }

  async #commitTogether(): Promise<void> {
    const batches = this.#takeTogether()
    if (batches.length === 0) return
    if (this.#waiting.length > 0) setImmediate(() => void this.#commitTogether())
    const answer = await this.#runners.commit(batches.flatMap(({ items }) => items))
    let first = 0
    for (const { port, id, items } of batches) {
      const end = first + countOperations(items)
      post(port, { kind: 'answer', id, answer: answer === 'inserted' ? answer : answer.slice(first, end) })
      first = end
    }
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

const post = (port: MessagePort, message: PortMessage): void => port.postMessage(message)
