import { once } from 'node:events'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { KnownFile } from '../../src/protocol/known-file.js'

const identity = { device: 2n ** 63n + 1n, inode: 2n ** 64n - 1n }

/** A thread that says when it begins to wait, and then what it was waiting for. */
const waiting = `
  const { parentPort, workerData } = require('node:worker_threads')
  import(workerData.url).then(({ KnownFile }) => {
    const file = new KnownFile(workerData.buffer)
    parentPort.postMessage('waits')
    try {
      file.wait()
      parentPort.postMessage(file.identity)
    } catch (error) {
      parentPort.postMessage(error.code)
    }
  })`

async function startWaiting(file: KnownFile): Promise<Worker> {
  const url = pathToFileURL(resolve('build', 'src', 'protocol', 'known-file.js')).href
  const worker = new Worker(waiting, { eval: true, workerData: { url, buffer: file.buffer } })
  expect(await once(worker, 'message')).toEqual(['waits'])
  return worker
}

describe('KnownFile', () => {
  it('lets a thread wait until it is known, with numbers as large as a file system has', async () => {
    const file = new KnownFile()
    expect(file.identity).toBeUndefined()
    const worker = await startWaiting(file)
    const told = once(worker, 'message')
    file.keep(identity)
    expect(await told).toEqual([identity])
    expect(file.identity).toEqual(identity)
  })

  it('lets it go where there will be none', async () => {
    const file = new KnownFile()
    const worker = await startWaiting(file)
    const told = once(worker, 'message')
    file.giveUp()
    expect(await told).toEqual(['CLOSED'])
    expect(file.identity).toBeUndefined()
  })

  it('holds nobody once it is known', () => {
    const file = new KnownFile()
    file.keep(identity)
    file.wait()
  })
})
