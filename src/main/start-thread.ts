import { Worker } from 'node:worker_threads'

/**
 * Starts a thread by an import, so that a program given as text (`node --input-type=module -e`) can start it too: threads inherit
 * the flag, and Node refuses it for files.
 */
export const startThread = (url: URL, workerData: object): Worker =>
  new Worker(`import(${JSON.stringify(url.href)})`, { eval: true, workerData })
