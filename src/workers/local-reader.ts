import type { MessagePort } from 'node:worker_threads'
import type { LocalReader, ReaderHandlers } from '../protocol/answers.js'
import { ConvoDbError } from '../protocol/errors.js'
import type { ConnectionSettings, Outcome } from '../protocol/messages.js'
import type { LeaseTask, ReaderTask } from '../protocol/tasks.js'
import { confirmOutcome } from './connection/damage.js'
import { openReadConnection } from './connection/open.js'
import { failed, outcomeOf } from './connection/outcome.js'
import { serveLease } from './lease/serve-lease.js'
import { ReaderConnection } from './reading/reader-connection.js'

/** Answers reads in this thread, on a connection of its own; a lease gets one more, so that reads go on beside it. */
export function openLocalReader(settings: ConnectionSettings): LocalReader {
  const { path } = settings
  const connection = new ReaderConnection(settings)
  const leases = new Map<MessagePort, Promise<unknown>>()
  let isClosed = false

  /** What the database has let go of is not opened again here. */
  const assertOpen = (): void => {
    if (isClosed) throw new ConvoDbError('CLOSED', 'The database is closed')
  }

  const lend = async (task: LeaseTask): Promise<Outcome<void>> => {
    try {
      assertOpen()
      const over = serveLease(openReadConnection(settings), path, 'read', task)
      leases.set(task.port, over)
      const outcome = await over.finally(() => leases.delete(task.port))
      assertOpen()
      return outcome
    } catch (error) {
      return confirmOutcome(path, failed(error))
    }
  }

  const open = () => {
    const outcome = outcomeOf(() => {
      assertOpen()
      connection.open()
    })
    return confirmOutcome(path, outcome)
  }

  const handlers: ReaderHandlers = {
    open,
    operations({ operations }) {
      const isOpen = outcomeOf(assertOpen)
      return isOpen.ok ? connection.answer(operations) : operations.map(() => isOpen)
    },
    lease: lend,
    scrub: ({ place, rows }) => connection.scrub(place, rows),
    close: () => outcomeOf(() => connection.close()),
  }

  return {
    open,
    run: <Kind extends ReaderTask['kind']>(task: ReaderTask<Kind>) => handlers[task.kind](task),
    async close() {
      isClosed = true
      connection.close()
      for (const port of leases.keys()) port.close()
      await Promise.all(leases.values())
    },
  }
}
