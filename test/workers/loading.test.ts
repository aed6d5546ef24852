import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { LoadedThreads } from '../../src/protocol/loaded-threads.js'

/** As the pool does it: required in a microtask. */
const requiring = `
  const { parentPort, threadId, workerData } = require('node:worker_threads')
  const loaded = new Int32Array(workerData.loadedThreads)
  const isNoted = () => loaded.includes(threadId)
  const look = async () => {
    await undefined
    require(workerData.file)
    const meanwhile = isNoted()
    await undefined
    parentPort.postMessage({ meanwhile, afterwards: isNoted() })
    parentPort.close()
  }
  look()`

it('a reader counts as loaded when the module loader has returned, not before', async () => {
  const loaded = new LoadedThreads()
  const file = fileURLToPath(new URL('../../dist/workers/reader.js', import.meta.url))
  const workerData = { path: ':memory:', loadedThreads: loaded.buffer, file }
  const worker = new Worker(requiring, { eval: true, workerData })
  const noted = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await worker.terminate()
  // A thread that is ended before the loader is done with the module takes the process along.
  expect(noted).toEqual({ meanwhile: false, afterwards: true })
})
