import type { WriterAnswers } from '../protocol/answers.js'
import type { ChangePlace } from '../protocol/change-cursor.js'
import type { WriterTask } from '../protocol/tasks.js'
import type { ConnectSettings } from './connection/connect.js'
import { outcomeOf } from './connection/outcome.js'
import { Session } from './connection/session.js'
import { runOperation } from './dispatch.js'
import { lendConnection } from './lease.js'
import { commitBatch } from './writer/group-commit.js'
import type { WriterConnection } from './writer/writer-connection.js'

type Handlers = {
  readonly [Kind in keyof WriterAnswers]: (task: WriterTask<Kind>) => Promise<WriterAnswers[Kind]>
}

/** Does what the write lane asks for, one task after another. */
export class Writer {
  readonly threads = 1
  readonly #connection: WriterConnection
  readonly #settings: ConnectSettings
  readonly #handlers: Handlers
  readonly #wrote: () => void
  #last: Promise<unknown> = Promise.resolve()

  /** @param wrote is told of each task that may have written */
  constructor(
    connection: WriterConnection,
    settings: ConnectSettings,
    onCommit: (place: ChangePlace) => void,
    wrote: () => void,
  ) {
    this.#wrote = wrote
    this.#connection = connection
    this.#settings = settings
    this.#handlers = {
      open: async () => ({ ok: true, value: undefined }),
      batch: ({ items }) => commitBatch(this.#connection, items),
      alone: ({ operation }) =>
        outcomeOf(async () => runOperation(new Session(await this.#connection.client()), operation)),
      // Nothing is unindexed here.
      index: async () => ({ ok: true, value: undefined }),
      lease: (task) =>
        lendConnection(this.#settings, 'write', task, {
          onCommit,
          mark: this.#connection.nextMark(),
          isCommitted: (...asked) => this.#connection.isCommitted(...asked),
        }),
      // A lost connection's transaction is settled where it is lost.
      fates: async ({ batches }) => ({ ok: true, value: batches.map(() => 'notCommitted') }),
      close: () => outcomeOf(() => this.#connection.close()),
    }
  }

  run<Task extends WriterTask>(task: Task): Promise<WriterAnswers[Task['kind']]>
  run(task: WriterTask): Promise<unknown> {
    // What looks at nothing never waits: a lease asks while it holds the writer.
    if (task.kind === 'fates' || task.kind === 'index') return this.#perform(task)
    const release = this.#connection.hold()
    const answer = this.#last
      .then(() => this.#perform(task))
      .finally(() => {
        release()
        this.#wrote()
      })
    this.#last = answer.catch(() => 'whoever asked is told')
    return answer
  }

  #perform<Kind extends keyof WriterAnswers>(task: WriterTask<Kind>): Promise<WriterAnswers[Kind]> {
    return this.#handlers[task.kind](task)
  }
}
