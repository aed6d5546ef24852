import { isMainThread, MessagePort } from 'node:worker_threads'
import { ConvoDbError } from '../protocol/errors.js'
import type { ConnectOptions } from './connect-port.js'
import type { DatabaseManager } from './database-manager.js'
import { PortExecutor } from './executors/port/port-executor.js'
import { createLocalDatabase } from './local-database.js'
import { readOptions } from './reading/read-fields.js'
import { option, readCount } from './validation/option-readers.js'

const ofConnecting = [option('maxQueuedOperations', readCount), option('maxQueuedBytes', readCount)]

/** @throws what `connectPort` throws */
export async function openPort<Metadata extends object, Profile extends object>(
  port: MessagePort,
  options: ConnectOptions,
): Promise<DatabaseManager<Metadata, Profile>> {
  if (isMainThread) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'connectPort is for worker threads; here, call openDatabase', {
      field: 'port',
    })
  }
  if (!(port instanceof MessagePort)) {
    throw new ConvoDbError('INVALID_ARGUMENT', 'port must be a MessagePort, from createPort()', {
      field: 'port',
    })
  }
  readOptions(ofConnecting, options)
  return createLocalDatabase(await PortExecutor.connect(port, options))
}
