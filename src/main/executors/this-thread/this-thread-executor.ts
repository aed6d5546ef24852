import { ConvoDbError } from '../../../protocol/errors.js'
import type { ConnectionSettings } from '../../../protocol/messages.js'
import type { ResolvedOptions } from '../../options.js'
import type { Executor } from '../executor.js'
import { Lanes } from '../lanes/lanes.js'
import { settledWithin } from '../lanes/time.js'
import { noWriter } from '../pool/writer-side.js'
import { openLocalReader, runInThisThread } from './local-reader.js'
import { statsOfThisThread } from './stats.js'

/**
 * Reads a file in this thread, which waits for SQLite meanwhile: for a program that asks a thing or two and ends, to which starting
 * threads would be most of its time. Nothing can be written.
 *
 * @throws what opening a connection throws
 */
export async function openInThisThread(
  settings: ConnectionSettings,
  options: ResolvedOptions,
): Promise<Executor> {
  const { path } = settings
  const reader = await openLocalReader(settings)
  const outcome = reader.open()
  if (!outcome.ok) throw ConvoDbError.from(outcome.error)
  const runner = runInThisThread(reader)
  const writer = noWriter(path)
  const lanes = new Lanes({ reader: runner, writer: writer.runner, leaseReader: () => runner }, options)
  return {
    file: settings,
    isOpen: true,
    refusal: (lane) => lanes.refusal(lane),
    execute: (name, params, callOptions, decode) => lanes.execute(name, params, callOptions, decode),
    executeJson: (name, params, form, callOptions) => lanes.executeJson(name, params, form, callOptions),
    executeRequest: (request, callOptions, decode) => lanes.executeRequest(request, callOptions, decode),
    withConnection: (work, leaseOptions) => lanes.withConnection(work, leaseOptions),
    ready: () => lanes.ready(),
    createPort() {
      throw new ConvoDbError('READ_ONLY', `${path} was opened in one thread, to be read there`, { path })
    },
    stats: () => statsOfThisThread(path, lanes, 0),
    async close({ timeoutMs = options.closeTimeoutMs }) {
      if (!(await settledWithin(timeoutMs, lanes.close()))) {
        lanes.abandon(new ConvoDbError('CLOSED', `The database was closed; ${timeoutMs} ms were not enough`))
      }
      await reader.close()
    },
  }
}
