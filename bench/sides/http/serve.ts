/** A child process: serves a database over HTTP, in one of two ways, and tells how busy its event loop was when it is asked. */
import { watchEventLoop } from '../../measure/event-loop.js'
import { serveConvoDb } from './serve-convodb.js'
import { serveUsual } from './serve-usual.js'

/** What the measuring process needs to ask. */
export interface Served {
  readonly url: string
  readonly authorization: string
  readonly engine: string
  close(): Promise<void>
}

const [way = '', path = '', readers = '1'] = process.argv.slice(2)
const served = way === 'usual' ? await serveUsual(path) : await serveConvoDb(path, Number(readers))
let stopWatching = await watchEventLoop()

const answers: { readonly [request: string]: () => Promise<unknown> } = {
  async watch() {
    stopWatching = await watchEventLoop()
    return 'watching'
  },
  report: () => stopWatching(),
  async close() {
    await served.close()
    return 'closed'
  },
}

process.on('message', (request: string) => {
  void answers[request]?.().then((answer) => {
    process.send?.(answer)
    if (request === 'close') process.disconnect()
  })
})
process.send?.({ url: served.url, authorization: served.authorization, engine: served.engine })
