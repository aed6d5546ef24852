/** A child process: ConvoDB's server by itself, which tells its parent how busy it was and how much memory it took. */
import { openDatabase } from 'convodb'
import { createKey, keyPlaceOf, startServer } from 'convodb/server'
import { watchEventLoop, type EventLoopReport } from '../measure/event-loop.js'
import { finishConvoDb } from './convodb.js'

export type ServerRequest = { readonly kind: 'watch' } | { readonly kind: 'finish'; readonly rows: number }

export type ServerAnswer =
  | { readonly kind: 'listening'; readonly url: string; readonly key: string }
  | { readonly kind: 'watching' }
  | {
      readonly kind: 'finished'
      readonly engine: string
      readonly eventLoop: EventLoopReport
      readonly peakRssMib: number
    }

const [path = ''] = process.argv.slice(2)
const db = await openDatabase(path, { readers: 1 })
const { key } = await createKey(keyPlaceOf(db.path), { scope: 'ingest' })
const server = await startServer(db, { port: 0 })
const tell = (answer: ServerAnswer): void => void process.send?.(answer)
let stopWatching = await watchEventLoop()

process.on('message', (request: ServerRequest) => {
  if (request.kind === 'watch') void watch()
  else void finish(request.rows)
})
tell({ kind: 'listening', url: server.url, key })

async function watch(): Promise<void> {
  stopWatching = await watchEventLoop()
  tell({ kind: 'watching' })
}

async function finish(rows: number): Promise<void> {
  const eventLoop = await stopWatching()
  const peakRssMib = process.resourceUsage().maxRSS / 1024
  tell({ kind: 'finished', engine: await finishConvoDb(db, rows), eventLoop, peakRssMib })
  await server.close()
  await db.close()
  process.disconnect()
}
