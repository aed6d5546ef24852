import { createHash } from 'node:crypto'
import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import type { Worker } from 'node:worker_threads'
import { ConvoDbError, type DatabaseManager } from '../../main/index.js'
import { settledWithin } from '../../main/executors/lanes/time.js'
import { startThread } from '../../main/file-job.js'
import { isProcessRunning } from '../../main/is-process-running.js'
import { postgresSourceOf } from '../../main/postgres-source.js'
import type { ErrorData } from '../../protocol/errors.js'
import { importThreadUrl } from '../import-thread-url.js'
import type { ResolvedServerOptions } from '../options.js'
import type { AskedImport, ImportInput, ImportOutput, ImportWork } from './messages.js'
import { spool } from './spool.js'

type Limits = Pick<ResolvedServerOptions, 'maxImportBytes' | 'ingestIdleTimeoutMs' | 'temporaryFolder'>

/** The one import that may be under way: its reading takes a core. */
export class Imports {
  readonly #db: DatabaseManager
  readonly #limits: Limits
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined
  #isClosed = false

  constructor(db: DatabaseManager, limits: Limits) {
    this.#db = db
    this.#limits = limits
  }

  /**
   * @param gone ends the import when its client goes, or for the reason that it has; what was read is stored.
   * @returns lines of JSON, which begin when the body has come
   * @throws OVERLOADED when there is one already; CLOSED
   */
  start(body: Readable, asked: AskedImport, gone: AbortSignal): Readable {
    if (this.#isClosed) throw closed()
    if (this.#running !== undefined) {
      throw new ConvoDbError('OVERLOADED', 'There is an import already; try again later', { maxImports: 1 })
    }
    const stop = new AbortController()
    const lines = new PassThrough()
    const write = (output: ImportOutput): void => {
      if (!lines.destroyed) lines.write(`${JSON.stringify(output)}\n`)
    }
    const ended = this.#run(body, asked, AbortSignal.any([gone, stop.signal]), write).then(() => {
      this.#running = undefined
      lines.end()
    })
    this.#running = { stop, ended }
    return lines
  }

  /** Ends it in good order, as far as there is time for that. */
  async close(timeoutMs: number): Promise<void> {
    this.#isClosed = true
    this.#running?.stop.abort(closed())
    await settledWithin(timeoutMs, this.#running?.ended ?? Promise.resolve())
  }

  async #run(
    body: Readable,
    asked: AskedImport,
    signal: AbortSignal,
    write: (output: ImportOutput) => void,
  ): Promise<void> {
    let folder: string | undefined
    const parent = this.#limits.temporaryFolder ?? tmpdir()
    try {
      await removeLeft(parent)
      folder = await mkdtemp(join(parent, `${folderPrefix}${process.pid}-`))
      const path = join(folder, asked.name)
      await spool(body, path, this.#limits, signal)
      await this.#inThread({ ...asked, path, way: this.#way() }, signal, write)
    } catch (error) {
      write({ error: endedBy(signal, toTold(error).toJSON()) })
    } finally {
      if (folder !== undefined) await rm(folder, { recursive: true, force: true })
    }
  }

  #way(): ImportWork['way'] {
    const postgres = postgresSourceOf(this.#db)
    return postgres === undefined ? { port: this.#db.createPort() } : { postgres }
  }

  async #inThread(
    work: ImportWork,
    signal: AbortSignal,
    write: (output: ImportOutput) => void,
  ): Promise<void> {
    const transferList = 'port' in work.way ? [work.way.port] : []
    const thread: Worker = startThread(importThreadUrl(), work, { transferList })
    const request: ImportInput = 'stop'
    const stop = (): void => thread.postMessage(request)
    signal.addEventListener('abort', stop, { once: true })
    let isAnswered = false
    let fault: unknown
    thread.on('message', (output: ImportOutput) => {
      isAnswered ||= 'report' in output || 'error' in output
      write('error' in output ? { error: endedBy(signal, output.error) } : output)
    })
    thread.once('error', (error) => (fault = error))
    await new Promise<void>((resolve) => thread.once('exit', () => resolve()))
    signal.removeEventListener('abort', stop)
    if (isAnswered) return
    throw new ConvoDbError('WORKER_LOST', `The thread of the import was lost: ${String(fault)}`, {
      maybeCommitted: true,
    })
  }
}

const closed = (): ConvoDbError => new ConvoDbError('CLOSED', 'The server is being stopped')

/** Servers in containers may share a folder, and have processes of the same numbers. */
const folderPrefix = `convodb-import-${createHash('sha256').update(hostname()).digest('hex').slice(0, 12)}-`

/** Removes what servers of this machine and this user left that were killed; what is somebody else's stays, a planted link too. */
async function removeLeft(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(folderPrefix)) continue
    const pid = Number.parseInt(name.slice(folderPrefix.length), 10)
    if (Number.isNaN(pid) || isProcessRunning(pid)) continue
    const folder = join(parent, name)
    const status = await lstat(folder).catch(() => undefined)
    if (status?.isDirectory() !== true || status.uid !== process.getuid?.()) continue
    await rm(folder, { recursive: true, force: true }).catch(() => 'the next import tries again')
  }
}

/** Who ended it may have said why, which is more than that it was ended. */
function endedBy({ reason }: AbortSignal, error: ErrorData): ErrorData {
  return error.code === 'ABORTED' && reason instanceof ConvoDbError ? reason.toJSON() : error
}

/** Without the paths that the system's own errors name. */
function toTold(error: unknown): ConvoDbError {
  if (error instanceof ConvoDbError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
  return new ConvoDbError('INTERNAL', `The import failed (${code})`, {}, { cause: error })
}
