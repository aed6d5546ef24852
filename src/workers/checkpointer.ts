import { parentPort, workerData } from 'node:worker_threads'
import type { ConnectionSettings } from '../protocol/messages.js'
import { checkpointNews, type CheckpointerRequest, type LogState } from './log/checkpoints.js'
import { openCheckpointConnection } from './connection/open.js'

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
    const startedAtMs = performance.now()
    const state = connection.get<LogState>('PRAGMA wal_checkpoint(PASSIVE)')
    const durationMs = performance.now() - startedAtMs
    parentPort?.postMessage(checkpointNews(state ?? { log: 0, checkpointed: 0 }, durationMs))
  }
})
