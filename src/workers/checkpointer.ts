import { workerData } from 'node:worker_threads'
import type {
  CheckpointerAnswer,
  CheckpointerRequest,
  CheckpointerSettings,
  Outcome,
} from '../protocol/messages.js'
import type { Connection } from './connection/connection.js'
import { loadNativeCode } from './connection/load-native-code.js'
import { openCheckpointConnection } from './connection/open.js'
import { outcomeOf } from './connection/outcome.js'
import { checkpointNews, type LogState } from './log/checkpoints.js'

/**
 * A thread that copies the write-ahead log into the file while the writer goes on. Answers every request when it is done;
 * what it could not copy is left for the next one (https://www.sqlite.org/pragma.html#pragma_wal_checkpoint). Its end is the link's:
 * where it fails it closes the link, and where the writer is gone Node does.
 */
const { link, ...settings }: CheckpointerSettings = workerData
loadNativeCode(settings)
let connection: Connection | undefined

function copy(): CheckpointerAnswer {
  connection ??= openCheckpointConnection(settings)
  const startedAtMs = performance.now()
  const state = connection.get<LogState>('PRAGMA wal_checkpoint(PASSIVE)')
  return checkpointNews(state ?? { log: 0, checkpointed: 0 }, performance.now() - startedAtMs)
}

const toAnswer = (outcome: Outcome<CheckpointerAnswer>): CheckpointerAnswer =>
  outcome.ok ? outcome.value : { kind: 'failed', error: outcome.error }

function end(): void {
  outcomeOf(() => connection?.close())
  connection = undefined
  link.close()
}

link.on('message', (request: CheckpointerRequest) => {
  if (request === 'checkpoint') {
    const answer = toAnswer(outcomeOf(copy))
    link.postMessage(answer)
    if (answer.kind === 'checkpointed') return
  }
  end()
})
link.once('close', end)
