import { parentPort, workerData } from 'node:worker_threads'
import type { ConnectionSettings } from '../protocol/messages.js'
import type { CheckpointerRequest } from './checkpoints.js'
import { openCheckpointConnection } from './open.js'

/**
 * A thread that copies the write-ahead log into the file while the writer goes on. Answers every request when it is done;
 * what it could not copy is left for the next one (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint).
 */
const settings: ConnectionSettings = workerData
const connection = openCheckpointConnection(settings)

parentPort?.on('message', (request: CheckpointerRequest) => {
  if (request === 'close') {
    connection.close()
    parentPort?.close()
  } else {
    connection.pragma('wal_checkpoint(PASSIVE)')
    parentPort?.postMessage('done')
  }
})
