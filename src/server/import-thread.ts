/** The thread of one import: reads the file that was uploaded, and hands what is in it to the writer through a port of its own, or to PostgreSQL. */
import { parentPort, workerData } from 'node:worker_threads'
import { importFiles } from '../importers/import-files.js'
import { findInputs } from '../importers/inputs/find-inputs.js'
import { SourceError } from '../importers/source.js'
import { connectPort, ConvoDbError, openDatabase, type DatabaseManager } from '../main/index.js'
import type { ImportInput, ImportOutput, ImportWork } from './imports/messages.js'

const { path, name, format, dryRun, strict, way }: ImportWork = workerData
const progressEveryMs = 500

const post = (output: ImportOutput): void => parentPort?.postMessage(output)
const stop = new AbortController()
parentPort?.on('message', (input: ImportInput) => {
  if (input === 'stop') stop.abort()
})

let toldAtMs = 0
let database: Promise<DatabaseManager> | undefined
const open = (): Promise<DatabaseManager> =>
  (database ??=
    'port' in way
      ? connectPort(way.port)
      : openDatabase(way.postgres.url, { ...way.postgres.options, create: false, readers: 1 }))

async function run(): Promise<ImportOutput> {
  const { inputs, unknownFiles, close } = await findInputs(path, format, name)
  try {
    const { failure, ...report } = await importFiles(open, inputs, {
      dryRun,
      strict,
      signal: stop.signal,
      onBadLine: ({ place, reason }) => post({ refused: { ...place, message: reason } }),
      onProblem: (problem) => post({ problem }),
      onProgress: (progress) => {
        if (performance.now() - toldAtMs < progressEveryMs) return
        toldAtMs = performance.now()
        post({ progress })
      },
    })
    if (failure !== undefined) throw failure
    if (stop.signal.aborted) throw new ConvoDbError('ABORTED', 'The import was ended; what went in stays')
    return { report: { ...report, unknownFiles } }
  } finally {
    close()
  }
}

function toError(error: unknown): ConvoDbError {
  if (error instanceof ConvoDbError) return error
  if (error instanceof SourceError) return new ConvoDbError('INVALID_ARGUMENT', error.message)
  return new ConvoDbError('INTERNAL', String(error))
}

post(await run().catch((error: unknown) => ({ error: toError(error).toJSON() })))
await database?.then((db) => db.close()).catch(() => undefined)
if ('port' in way) way.port.close()
parentPort?.close()
