import type { MessagePort } from 'node:worker_threads'
import type { ConnectionSettings, PortMessage, PortRequest, PortTask } from '../protocol/messages.js'

/** The ports through which other threads reach the writer directly, past a main thread that may be busy. */
export class WriterPorts {
  readonly #settings: ConnectionSettings
  readonly #run: (task: PortTask) => Promise<unknown>
  readonly #ports = new Set<MessagePort>()

  constructor(settings: ConnectionSettings, run: (task: PortTask) => Promise<unknown>) {
    this.#settings = settings
    this.#run = run
  }

  attach(port: MessagePort): void {
    this.#ports.add(port)
    port.on('message', (request: PortRequest) => void this.#answer(port, request))
    port.once('close', () => this.#ports.delete(port))
    post(port, { kind: 'settings', settings: this.#settings })
  }

  /** Tells every thread, by the closing itself, that nothing will be answered any more. */
  close(): void {
    for (const port of this.#ports) port.close()
  }

  async #answer(port: MessagePort, { id, task }: PortRequest): Promise<void> {
    post(port, { kind: 'answer', id, answer: await this.#run(task) })
  }
}

const post = (port: MessagePort, message: PortMessage): void => port.postMessage(message)
