import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads'
import type { CheckpointerWanted, ConnectionSettings, WriterNews } from '../../../protocol/messages.js'
import { LoadedThreads } from '../../../protocol/loaded-threads.js'
import type { LinkOffer } from '../../../protocol/tasks.js'
import { SharedAnswers } from '../../../protocol/shared-answers.js'
import { publishWorkerEnd, publishWorkerStart } from '../../diagnostics.js'
import { startThread } from '../../file-job.js'
import { untilLoaded, watchLoading } from '../../loading.js'
import { workerUrl } from '../../worker-url.js'
import { CheckpointerThread } from './checkpointer-thread.js'

/** Before a lost writer is replaced: at once the first time, and longer each time that no writer answers anything. */
const firstPauseMs = 10
const longestPauseMs = 5_000

export type Connect = (link: MessagePort, answers: SharedAnswers) => void

/** Who has a link, and the memory of the answers it was given. */
interface Linked {
  readonly connect: Connect
  readonly answers: SharedAnswers
}

/**
 * Keeps one writer thread alive. A thread that ends is replaced after a pause, and everybody who has a link gets a new one:
 * what the lost one had is theirs to settle.
 */
export class WriterThread {
  readonly #settings: ConnectionSettings
  readonly #checkpointer: CheckpointerThread
  readonly #loaded = new LoadedThreads()
  readonly #linked = new Map<number, Linked>()
  readonly #unwatch: () => void
  #lastSource = 0
  #worker: Worker
  #pauseMs = firstPauseMs
  #isClosing = false
  /** How many threads were replaced. */
  restarts = 0
  /** To be set before the first task. */
  onNews: (news: WriterNews) => void = () => undefined
  /** Why the last thread that failed did. */
  lastError: Error | undefined

  constructor(settings: ConnectionSettings) {
    this.#settings = settings
    this.#checkpointer = new CheckpointerThread(settings)
    this.#worker = this.#start()
    this.#unwatch = watchLoading(() => [this.#worker], this.#loaded)
  }

  /** Gives a link at once and whenever the writer was replaced; returns what ends that. */
  link(connect: Connect): () => void {
    const source = (this.#lastSource += 1)
    const linked = { connect, answers: new SharedAnswers() }
    this.#linked.set(source, linked)
    this.#offer(source, linked)
    return () => this.#linked.delete(source)
  }

  /** To be told of every answer: a writer that gives some is replaced quickly when it ends. */
  noteAnswer(): void {
    this.#pauseMs = firstPauseMs
  }

  /** Replaces it no more, and ends it; resolves when it has ended, which native code that is running delays. */
  async end(): Promise<void> {
    this.#isClosing = true
    this.#linked.clear()
    await untilLoaded(() => [this.#worker], this.#loaded)
    await this.#worker.terminate()
    this.#unwatch()
    await this.#checkpointer.end()
  }

  #start(): Worker {
    const settings = { ...this.#settings, loadedThreads: this.#loaded.buffer }
    const worker = startThread(workerUrl('writer'), settings)
    let error: Error | undefined
    worker.on('message', (news: WriterNews | CheckpointerWanted) => {
      if (news.kind === 'checkpointerWanted') this.#checkpointer.start(news.link)
      else this.onNews(news)
    })
    worker.on('error', (thrown: Error) => (this.lastError = error = thrown))
    worker.once('exit', (exitCode) => {
      publishWorkerEnd({ path: this.#settings.path, role: 'writer', exitCode, error })
      // No checkpointer of a writer that is gone works beside the next one's.
      void this.#checkpointer.end().then(() => this.#replace())
    })
    // Whoever waits for an answer keeps the process alive; the thread alone does not.
    worker.unref()
    publishWorkerStart({ path: this.#settings.path, role: 'writer' })
    return worker
  }

  #replace(): void {
    if (this.#isClosing) return
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(2 * pauseMs, longestPauseMs)
    setTimeout(() => {
      if (this.#isClosing) return
      this.restarts += 1
      this.#worker = this.#start()
      for (const [source, linked] of this.#linked) this.#offer(source, linked)
    }, pauseMs)
  }

  #offer(source: number, { connect, answers }: Linked): void {
    const { port1, port2 } = new MessageChannel()
    const offer: LinkOffer = { source, link: port2, answers: answers.buffer }
    this.#worker.postMessage(offer, [port2])
    connect(port1, answers)
  }
}
