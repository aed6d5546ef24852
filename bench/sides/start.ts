import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median, quantiles } from '../measure/statistics.js'
import { pathIn } from './convodb.js'
import { createArchive } from './reads/archive.js'
import type { Side, SideInput } from './side.js'

const execute = promisify(execFile)
const probePath = fileURLToPath(new URL('start-probe.js', import.meta.url))
const packageFolder = dirname(createRequire(import.meta.url).resolve('convodb/package.json'))
const commandPath = join(packageFolder, 'dist', 'cli', 'index.js')
const engine = `Node ${process.version}`

/** What one process said of itself, or what was seen of it. */
interface Start {
  readonly elapsedMs?: number
  readonly rssMib?: number
}

/** As from a shell: what compiles for all programs of a machine is not ours to count on. */
const env = { ...process.env, NODE_COMPILE_CACHE: undefined }

async function runNode(args: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [...args], { env })
  return stdout
}

/** `reads` processes, one after another; of several the first one, which may have to wait for the disk, is left out. */
async function startAgain(
  { reads }: SideInput,
  start: (index: number) => Promise<Start>,
): Promise<Awaited<ReturnType<Side>>> {
  const startMs = performance.now()
  const all: Start[] = []
  for (let index = 0; index < reads; index += 1) all.push(await start(index))
  const starts = reads === 1 ? all : all.slice(1)
  const timesMs = starts.flatMap(({ elapsedMs }) => elapsedMs ?? [])
  const memories = starts.flatMap(({ rssMib }) => rssMib ?? [])
  return {
    items: reads,
    elapsedMs: performance.now() - startMs,
    engine,
    ...(timesMs.length > 0 && { latencyMs: quantiles(timesMs) }),
    ...(memories.length > 0 && { rssMib: median(memories) }),
  }
}

async function probe(kind: string, path: string): Promise<Start> {
  const start: Start = JSON.parse(await runNode([probePath, kind, path]))
  return start
}

/** A process says itself how long it took; `rows` are there already, or each one gets a new file. */
export const startProbe =
  (kind: string): Side =>
  async (input) => {
    const path = pathIn(input.folder)
    if (input.rows > 0) await createArchive(input.folder, input.rows)
    return startAgain(input, (index) =>
      probe(kind, input.rows > 0 ? path : join(input.folder, `${index}.db`)),
    )
  }

/** From the start of a process to its end. */
const startToEnd = async (work: () => Promise<Start | string>): Promise<Start> => {
  const startMs = performance.now()
  const seen = await work()
  const elapsedMs = performance.now() - startMs
  return typeof seen === 'string' ? { elapsedMs } : { ...seen, elapsedMs }
}

/** A process that does nothing. */
export const startNode: Side = (input) => startAgain(input, () => startToEnd(() => probe('nothing', '')))

/** A command that opens nothing. */
export const startProgram =
  (...args: readonly string[]): Side =>
  (input) =>
    startAgain(input, () => startToEnd(() => runNode([commandPath, ...args])))

/** From the start of a command to its first line. */
async function startToFirstLine(args: readonly string[]): Promise<Start> {
  const startMs = performance.now()
  const command = spawn(process.execPath, [commandPath, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(command, 'close')
  let elapsedMs: number | undefined
  command.stdout.on('data', () => (elapsedMs ??= performance.now() - startMs))
  const [exitCode] = await ended
  if (exitCode !== 0 || elapsedMs === undefined) throw new Error(`convodb ${args.join(' ')} said nothing`)
  return { elapsedMs }
}

/** A command on a database with messages. */
export const startCommand =
  (...args: readonly string[]): Side =>
  async (input) => {
    await createArchive(input.folder, input.rows)
    return startAgain(input, () => startToFirstLine([...args, '--db', pathIn(input.folder)]))
  }
