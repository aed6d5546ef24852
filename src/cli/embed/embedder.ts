import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { LineSplitter, type GoodLine, type UnreadableLine } from '../../importers/lines.js'
import type { PendingEmbedding } from '../../main/index.js'
import { parseVector } from '../../protocol/vector.js'

/** What a program makes of a text; null skips it. */
type Vector = Float32Array | null

/** A program that reads texts from its standard input and writes vectors to its standard output, a line each. */
export interface Embedder {
  /** Gives a vector for each item, in their order. @throws what is wrong with the program or with a line of it */
  embed(items: readonly PendingEmbedding[]): Promise<Vector[]>
  /** Closes its input and waits for its end, `patienceMs` at most; then it is killed. */
  close(patienceMs: number): Promise<void>
}

interface Waiting {
  readonly indexes: ReadonlyMap<string, number>
  readonly vectors: (Vector | undefined)[]
  missing: number
  resolve(vectors: Vector[]): void
  reject(error: Error): void
}

/**
 * Starts a program in a shell; what it writes to standard error is shown.
 *
 * @param timeoutMs how long it may take for a batch.
 */
export function startEmbedder(command: string, dimension: number | undefined, timeoutMs: number): Embedder {
  // A group of its own: Ctrl-C is for this command, which ends the program when the batch is stored or given back.
  const child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'close').catch(() => undefined)
  let waiting: Waiting | undefined
  let failure: Error | undefined
  const fail = (error: Error): void => {
    failure ??= error
    waiting?.reject(failure)
    waiting = undefined
  }
  // Also what the program has left behind: that may hold its output when the program has ended.
  const kill = (): void => {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
    child.stdout.destroy()
  }
  // A second Ctrl-C ends this process at once, and does not reach the program's group.
  process.once('exit', kill)
  child.once('close', () => process.off('exit', kill))
  child.once('error', (error) => fail(new Error(`The command could not be started: ${error.message}`)))
  child.once('close', (code, signal) => fail(endedEarly(code, signal)))
  // What it has left behind may hold its output for ever. The answers that it gave before it failed are still taken.
  child.once('exit', (code, signal) => {
    if (code === 0) return
    const quiet = setTimeout(() => fail(endedEarly(code, signal)), quietMs)
    child.stdout.on('data', () => quiet.refresh()).once('close', () => clearTimeout(quiet))
  })
  // Its end says why it does not read.
  child.stdin.on('error', () => undefined)
  const lines = new LineSplitter()
  child.stdout.on('data', (chunk: Buffer) => takeLines(lines.push(chunk)))
  child.stdout.on('end', () => takeLines(lines.finish()))

  function takeLines(read: Iterable<GoodLine | UnreadableLine>): void {
    for (const line of read) {
      if (failure !== undefined) return
      try {
        takeLine(textOf(line))
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)))
      }
    }
  }

  function takeLine(line: string): void {
    const { id, vector } = readLine(line, dimension)
    const index = waiting?.indexes.get(id)
    if (waiting === undefined || index === undefined || waiting.vectors[index] !== undefined) {
      throw new Error(`The command answered '${id}', which it was not asked, or twice`)
    }
    waiting.vectors[index] = vector
    waiting.missing -= 1
    if (waiting.missing > 0) return
    const { vectors, resolve } = waiting
    waiting = undefined
    resolve(vectors.map((one) => one ?? null))
  }

  return {
    async embed(items) {
      if (failure !== undefined) throw failure
      let timer: ReturnType<typeof setTimeout> | undefined
      try {
        return await new Promise<Vector[]>((resolve, reject) => {
          const indexes = new Map(items.map(({ ownerId }, index) => [ownerId, index]))
          const vectors = items.map(() => undefined)
          waiting = { indexes, vectors, missing: items.length, resolve, reject }
          timer = setTimeout(() => {
            fail(
              new Error(`The command has not answered a batch of ${items.length} for ${timeoutMs / 1_000} s`),
            )
          }, timeoutMs)
          child.stdin.write(items.map(toLine).join(''))
        })
      } finally {
        clearTimeout(timer)
      }
    },
    async close(patienceMs) {
      child.stdin.end()
      const timer = setTimeout(kill, patienceMs)
      await exited
      clearTimeout(timer)
    },
  }
}

/** After so long a silence nothing more comes of a program that has failed. */
const quietMs = 1_000

const endedEarly = (code: number | null, signal: NodeJS.Signals | null): Error =>
  new Error(`The command ended (${code === null ? signal : `exit code ${code}`}) before it had answered`)

/** Many programs end a line at these, too, which JSON leaves as they are. */
const otherLineEnds = /[\u0085\u2028\u2029]/g
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

const toLine = ({ ownerId, channelId, timestamp, text }: PendingEmbedding): string =>
  `${JSON.stringify({ id: ownerId, text, channelId, timestamp }).replaceAll(otherLineEnds, escaped)}\n`

/** @throws what is wrong with it */
function textOf(line: GoodLine | UnreadableLine): string {
  if ('text' in line) return line.text
  throw new Error(`The command wrote what can not be read: ${line.problem}`)
}

const shown = (line: string): string => (line.length > 100 ? `${line.slice(0, 100)}...` : line)

/** @throws what is wrong with it */
function readLine(line: string, dimension: number | undefined): { id: string; vector: Vector } {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch {
    throw new Error(`The command wrote a line that is no JSON: ${shown(line)}`)
  }
  const { id, vector: given }: { id?: unknown; vector?: unknown } = Object(parsed)
  const vector = given === null ? null : parseVector(given)
  if (typeof id !== 'string' || vector === undefined) {
    throw new Error(
      `The command wrote a line that is not {"id": "...", "vector": [numbers], base64 or null}: ${shown(line)}`,
    )
  }
  if (dimension !== undefined && vector !== null && vector.length !== dimension) {
    throw new Error(`The command gave '${id}' a vector of ${vector.length} numbers, not of ${dimension}`)
  }
  return { id, vector }
}
