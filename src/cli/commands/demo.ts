import { join } from 'node:path'
import { Command, InvalidArgumentError } from 'commander'
import { openDatabase } from '../../main/index.js'
import type { ChatSettings } from '../demo/chat.js'
import { Interrupted, withInterruption } from '../demo/interruption.js'
import { showProgress } from '../demo/progress.js'
import { formatReport } from '../demo/report.js'
import { runDemo, type DemoReport } from '../demo/run.js'
import { screenOf } from '../demo/screen.js'
import { withTemporaryFolder } from '../demo/temporary-folder.js'
import { formatCount } from '../format.js'

interface DemoOptions {
  readonly messages: number
  readonly seed: number
  readonly keep?: boolean
}

const messagesAtLeast = 1000
const messagesAtMost = 10_000_000

/** `convodb demo`: fills a temporary database with an invented chat while reading from it, and shows what it measured. */
export function demoCommand(): Command {
  return new Command('demo')
    .description('fill a temporary database with an invented chat, read from it meanwhile, and show both')
    .option('--messages <count>', 'how many messages', wholeNumber(messagesAtLeast, messagesAtMost), 100_000)
    .option('--seed <number>', 'the same seed gives the same chat', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--keep', 'keep the folder and print its path')
    .action(demo)
}

const wholeNumber =
  (minimum: number, maximum: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(
      `It must be a whole number from ${formatCount(minimum)} to ${formatCount(maximum)}.`,
    )
  }

const write = (text: string): boolean => process.stdout.write(`${text}\n`)

async function demo({ messages, seed, keep = false }: DemoOptions): Promise<void> {
  const screen = screenOf(process.stdout)
  write(`${screen.colors.bold('ConvoDB demo')}: ${formatCount(messages)} invented messages, seed ${seed}`)
  try {
    await withInterruption((signal) =>
      withTemporaryFolder({ keep }, async (folder) => {
        const path = join(folder, 'chat.db')
        if (keep) write(`The database stays: ${path}`)
        write(formatReport(await measure(path, { messages, seed }, signal), screen))
      }),
    )
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error
    process.exitCode = error.exitCode
  }
}

/** The database is closed when this settles, so that its folder can go. */
async function measure(path: string, settings: ChatSettings, signal: AbortSignal): Promise<DemoReport> {
  await using db = await openDatabase(path)
  const progress = showProgress(process.stderr, settings.messages)
  try {
    return await runDemo(db, settings, { signal, onProgress: progress.update })
  } finally {
    progress.stop()
  }
}
