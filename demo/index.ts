/**
 * Fills a temporary database with an invented chat while reading from it, and shows what was measured and what is in it.
 *
 *     npm run demo -- [--messages 100000] [--seed 1] [--keep]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command, InvalidArgumentError } from 'commander'
import { openDatabase } from 'convodb'
import { createChat } from './chat.js'
import { measure } from './measure.js'
import { bold, formatCount, foundSections, measuredSection } from './report.js'

interface DemoOptions {
  readonly messages: number
  readonly seed: number
  readonly keep?: boolean
}

const write = (text: string): boolean => process.stdout.write(`${text}\n`)

/** An option's parser. */
const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(
      `It must be a whole number from ${formatCount(minimum)} to ${formatCount(maximum)}.`,
    )
  }

async function demo({ messages, seed, keep = false }: DemoOptions): Promise<void> {
  write(`${bold('ConvoDB demo')}: ${formatCount(messages)} invented messages, seed ${seed}`)
  const signal = listenForInterrupt()
  const folder = await mkdtemp(join(tmpdir(), 'convodb-demo-'))
  const path = join(folder, 'chat.db')
  if (keep) write(`The database stays: ${path}`)
  try {
    await show(path, { messages, seed }, signal)
  } catch (error) {
    if (error !== signal.reason) throw error
  } finally {
    if (!keep) await rm(folder, { recursive: true, force: true })
  }
}

/** The database is closed when this settles, so that its folder can go. */
async function show(
  path: string,
  settings: { messages: number; seed: number },
  signal: AbortSignal,
): Promise<void> {
  await using db = await openDatabase(path)
  const chat = createChat(settings)
  const bar = new SingleBar({
    format: '{bar} {percentage}% of {total} messages',
    // On a terminal only: elsewhere it writes nothing.
    stream: process.stderr,
    clearOnComplete: true,
    gracefulExit: false,
  })
  bar.start(settings.messages, 0)
  const onProgress = (stored: number): void => bar.update(stored)
  const measured = await measure(db, chat, { seed: settings.seed, signal, onProgress }).finally(() =>
    bar.stop(),
  )
  write(measuredSection(chat, measured))
  for (const section of await foundSections(db, chat)) write(section)
}

/**
 * Ctrl-C and a polite kill end the demo in order. A second one changes nothing: under `npm run` one Ctrl-C arrives twice,
 * from the terminal and from npm.
 */
function listenForInterrupt(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      process.exitCode ??= 128 + constants.signals[name]
      controller.abort()
    })
  }
  return controller.signal
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure.
process.stdout.on('error', (error) => {
  if (!('code' in error && error.code === 'EPIPE')) throw error
})

await new Command('demo')
  .description('fill a temporary database with an invented chat, read from it meanwhile, and show both')
  .option('--messages <count>', 'how many messages', wholeNumber(1000, 10_000_000), 100_000)
  .option('--seed <number>', 'the same seed gives the same chat', wholeNumber(0, 2 ** 32 - 2), 1)
  .option('--keep', 'keep the folder and print its path')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .action(demo)
  .parseAsync()
