import type { WriterAnswers } from '../protocol/answers.js'
import type { ChangePlace } from '../protocol/change-cursor.js'
import type { WriterTask } from '../protocol/tasks.js'
import type { ConnectSettings } from './connection/connect.js'
import { outcomeOf } from './connection/outcome.js'
import { Session } from './connection/session.js'
import { runOperation } from './dispatch.js'
import { lendConnection } from './lease.js'
import type { WriterLanes } from './writer/lanes.js'

type Handlers = {
  readonly [Kind in keyof WriterAnswers]: (task: WriterTask<Kind>) => Promise<WriterAnswers[Kind]>
}

/** Does what the write lane asks for: stores side by side, everything else one after another. */
export class Writer {
  readonly threads = 1
  readonly #lanes: WriterLanes
  readonly #handlers: Handlers
  readonly #wrote: () => void

  /** @param wrote is told of each task that may have written */
  constructor(
    lanes: WriterLanes,
    settings: ConnectSettings,
    onCommit: (place: ChangePlace) => void,
    wrote: () => void,
  ) {
    this.#lanes = lanes
    this.#wrote = wrote
    this.#handlers = {
      open: async () => ({ ok: true, value: undefined }),
      batch: ({ items }) => lanes.commit(items),
      alone: ({ operation }) =>
        lanes.alone((connection) =>
          outcomeOf(async () => runOperation(new Session(await connection.client()), operation)),
        ),
      // Nothing is unindexed here.
      index: async () => ({ ok: true, value: undefined }),
      lease: (task) =>
        lanes.alone((connection) =>
          lendConnection(settings, 'write', task, {
            onCommit,
            mark: connection.nextMark(),
            isCommitted: (...asked) => connection.isCommitted(...asked),
          }),
        ),
      // A lost connection's transaction is settled where it is lost.
      fates: async ({ batches }) => ({ ok: true, value: batches.map(() => 'notCommitted') }),
      close: () => lanes.alone(() => outcomeOf(() => lanes.close())),
    }
  }

  run<Task extends WriterTask>(task: Task): Promise<WriterAnswers[Task['kind']]>
  run(task: WriterTask): Promise<unknown> {
    // What looks at nothing never waits: a lease asks while it holds the writer.
    if (task.kind === 'fates' || task.kind === 'index') return this.#perform(task)
    const release = this.#lanes.hold()
    return this.#perform(task).finally(() => {
      release()
      this.#wrote()
    })
  }

  #perform<Kind extends keyof WriterAnswers>(task: WriterTask<Kind>): Promise<WriterAnswers[Kind]> {
    return this.#handlers[task.kind](task)
  }
}
