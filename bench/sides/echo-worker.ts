import { parentPort } from 'node:worker_threads'
import type { Row } from '../rows.js'

/** Answers a message as the writer answers a stored one: with its id. */
parentPort?.on('message', ({ messageId }: Row) => {
  parentPort?.postMessage({ messageId, outcome: 'inserted' }, [])
})
