import { createHash } from 'node:crypto'
import type * as convodb from 'convodb'
import type { DatabaseManager, VerifyReport } from 'convodb'
import type { ErrorData } from '../../../src/protocol/errors.js'
import type { VerifierSettings } from '../../../src/protocol/verify.js'
import type { Executor } from '../../../src/main/executors/executor.js'
import type { Stepwise } from '../../../src/main/stepwise.js'
import type { Steps } from '../../../src/protocol/steps.js'
import type { ConnectionSettings, Outcome } from '../../../src/protocol/messages.js'
import { readEverything } from './read-everything.js'

/**
 * A process that is handed files, may die of them, and tells what it sees. Thread starts would take nearly all the time, so most
 * files are verified and read in this one thread, by the same code; `withThreads` goes the way a program does.
 */
export interface InspectRequest {
  readonly path: string
  readonly withThreads: boolean
}

export interface InspectAnswer {
  /** The checks that found something; the code of the error where the file was refused. */
  readonly found: readonly string[]
  /** A hash of all that could be read, or of the error. */
  readonly rows: string
}

interface LoadedReader {
  run<Value>(task: {
    readonly kind: 'operations'
    readonly operations: readonly object[]
  }): readonly Outcome<Value>[]
  close(): void
}
type Library = Pick<typeof convodb, 'ConvoDbError' | 'openDatabase' | 'verifyDatabase'>
interface LoadedCode extends Library {
  verifyFile(settings: Omit<VerifierSettings, 'stop'>, onProgress: () => void): VerifyReport
  openLocalReader(settings: ConnectionSettings): LoadedReader
  createLocalDatabase(executor: Executor): DatabaseManager
  toErrorData(thrown: unknown): ErrorData
  finishNow<Value>(steps: Steps<Value>): Value
}

/** All of it from one place: a class is another one in another file. */
const load = (path: string): Promise<LoadedCode> =>
  import(new URL(`../../../../build/src/${path}`, import.meta.url).href)
const { ConvoDbError, openDatabase, verifyDatabase } = await load('main/index.js')
const { verifyFile } = await load('workers/file-jobs/verify/verify-file.js')
const { openLocalReader } = await load('workers/local-reader.js')
const { createLocalDatabase } = await load('main/local-database.js')
const { toErrorData } = await load('workers/connection/sqlite-errors.js')
const { finishNow } = await load('protocol/steps.js')

const maxProblems = 10_000

async function verify({ path, withThreads }: InspectRequest): Promise<readonly string[]> {
  try {
    const { problems } = withThreads
      ? await verifyDatabase(path, { maxProblems })
      : verifyFile({ path, busyTimeoutMs: 1_000, maxProblems }, () => undefined)
    return [...new Set(problems.map(({ check }) => check))]
  } catch (error) {
    const { code } = toErrorData(error)
    if (code === 'INTERNAL') throw error
    return [code]
  }
}

async function read({ path, withThreads }: InspectRequest): Promise<string> {
  try {
    await using db = withThreads ? await openDatabase(path, { readers: 1 }) : openHere(path)
    return createHash('sha256')
      .update(await readEverything(db))
      .digest('hex')
  } catch (error) {
    return error instanceof ConvoDbError ? error.code : String(error)
  }
}

/** By its look: the class is that of the compiled code. */
const isStepwise = <Value>(value: unknown): value is Stepwise<Value> =>
  typeof value === 'object' && value !== null && 'steps' in value

function openHere(path: string): DatabaseManager {
  const file = { path, busyTimeoutMs: 1_000 }
  const reader = openLocalReader({
    ...file,
    create: false,
    readOnly: true,
    durability: 'full',
    cacheSizeKib: 4_096,
    walAutocheckpointPages: 4_000,
  })
  const refuse = (): never => {
    throw new Error('This database is read only')
  }
  return createLocalDatabase({
    file,
    isOpen: true,
    refusal: () => undefined,
    execute: async (name, params, _options, decode) => {
      const operation = isStepwise(params) ? { name, packed: finishNow(params.steps) } : { name, params }
      const [outcome] = reader.run<Parameters<typeof decode>[0]>({
        kind: 'operations',
        operations: [operation],
      })
      if (outcome?.ok === true) {
        const decoded = decode(outcome.value)
        return isStepwise(decoded) ? finishNow(decoded.steps) : decoded
      }
      throw outcome === undefined ? new Error('no answer') : ConvoDbError.from(outcome.error)
    },
    executeJson: refuse,
    executeRequest: refuse,
    withConnection: refuse,
    ready: refuse,
    createPort: refuse,
    stats: refuse,
    close: async () => reader.close(),
  })
}

process.on('message', (request: InspectRequest) => {
  void (async () => {
    // Verified before anybody may change it: opening for writing does.
    const found = await verify(request)
    const answer: InspectAnswer = { found, rows: await read(request) }
    process.send?.(answer)
  })()
})
