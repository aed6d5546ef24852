import { once } from 'node:events'
import type { MessagePort, Transferable } from 'node:worker_threads'
import { ConvoDbError } from '../../../protocol/errors.js'
import type {
  ConnectionSettings,
  PortMessage,
  PortRequest,
  PortTask,
  WriterTask,
} from '../../../protocol/messages.js'
import type { TaskRunner } from '../lanes/task-runner.js'

interface Waiting {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: Error) => void
}

/** This thread's end of a port to the writer. When the other end is gone, all that waits for it is told. */
export class WriterLink implements TaskRunner<WriterTask> {
  readonly threads = 1
  readonly #port: MessagePort
  readonly #waiting = new Map<number, Waiting>()
  #lastId = 0
  #isOpen = true
  readonly settings: Promise<ConnectionSettings>

  constructor(port: MessagePort) {
    this.#port = port
    const closed = once(port, 'close').then(() => {
      throw gone()
    })
    this.settings = Promise.race([
      closed,
      new Promise<ConnectionSettings>((resolve) => {
        port.on('message', (message: PortMessage) => {
          if (message.kind === 'settings') resolve(message.settings)
          else this.#settle(message.id, message.answer)
        })
      }),
    ])
    closed.catch(() => this.#end())
  }

  run<Answer>(task: WriterTask, transferList?: Transferable[]): Promise<Answer>
  run(task: WriterTask, transferList: Transferable[] = []): Promise<unknown> {
    if (!this.#isOpen) return Promise.reject(gone())
    if (!isPortTask(task)) {
      return Promise.reject(new ConvoDbError('INTERNAL', `A port carries no '${task.kind}' task`))
    }
    const request: PortRequest = { id: (this.#lastId += 1), task }
    return new Promise((resolve, reject) => {
      this.#waiting.set(request.id, { resolve, reject })
      this.#port.postMessage(request, transferList)
    })
  }

  get isOpen(): boolean {
    return this.#isOpen
  }

  close(): void {
    this.#port.close()
  }

  #settle(id: number, answer: unknown): void {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    waiting?.resolve(answer)
  }

  /** What was sent and not answered may have been done or not: no error of ours, the lane knows what to call it. */
  #end(): void {
    this.#isOpen = false
    for (const { reject } of this.#waiting.values()) reject(new Error('the port to it was closed'))
    this.#waiting.clear()
  }
}

const gone = (): ConvoDbError =>
  new ConvoDbError(
    'CLOSED',
    'The database is closed, or its writer is gone; ask the main thread for a new port',
  )

const isPortTask = (task: WriterTask): task is PortTask => task.kind !== 'open' && task.kind !== 'close'
