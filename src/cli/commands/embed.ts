import { Command, InvalidArgumentError, Option } from 'commander'
import type { EmbeddingOwner } from '../../main/index.js'
import type { EmbedReport } from '../embed/embed-pending.js'
import { addPlaceOptions, openPlace, placeOf } from '../connection.js'
import { formatNumberOf } from '../format.js'
import { listenForInterrupt } from '../interrupt.js'

interface Options {
  readonly model: string
  readonly command: string
  readonly owner: EmbeddingOwner
  readonly batchSize: number
  readonly dimension?: number
  readonly timeout: number
  readonly follow: boolean
  readonly json: boolean
}

/** `convodb embed --db chat.db --model mini --command 'python embed.py'`: has a program make the vectors that are missing. */
export function embedCommand(): Command {
  const command = new Command('embed').description(
    'have a program make the vectors of a model that messages or segments lack',
  )
  return addPlaceOptions(command)
    .requiredOption(
      '--model <name>',
      "the model's name; another name makes all vectors anew, beside the old ones",
    )
    .requiredOption('--command <program>', 'what makes vectors, run in a shell', toCommand)
    .addOption(
      new Option('--owner <kind>', 'what to make vectors of')
        .choices(['message', 'segment'])
        .default('message'),
    )
    .option(
      '--batch-size <number>',
      'texts that the program gets at once, 1 to 1000',
      toNumber(1, 1_000),
      100,
    )
    .option('--dimension <number>', 'refuse vectors of another one', toNumber(1, 65_536))
    .option('--timeout <seconds>', 'how long the program may take for a batch', toNumber(1, 80_000), 300)
    .option('--follow', 'go on with what comes, until it is interrupted', false)
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExample:\n  $ convodb embed --db chat.db --model mini --command "python embed.py"\n' +
        '\nThe program gets lines of {"id", "text", "channelId", "timestamp"} and writes lines of {"id", "vector"}, in any order;' +
        '\n"vector" is a list of numbers, base64 of float32, or null for a text to skip. It is safe to run again, and after it was' +
        '\nstopped. Exit codes: 0 all is done; 1 it failed; 2 wrong usage; 130 interrupted.',
    )
    .action(runEmbed)
}

function toNumber(minimum: number, maximum: number): (value: string) => number {
  return (value) => {
    const number = Number(value)
    if (/^\d+$/.test(value) && number >= minimum && number <= maximum) return number
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
  }
}

function toCommand(value: string): string {
  if (value.trim() !== '') return value
  throw new InvalidArgumentError('It is empty.')
}

async function runEmbed(options: Options, program: Command): Promise<void> {
  const { model, owner, command, dimension, batchSize, follow, json } = options
  const timeoutMs = options.timeout * 1_000
  const place = placeOf(program)
  const [{ embedPending }, { startEmbedder }, { createEmbedDisplay }] = await Promise.all([
    import('../embed/embed-pending.js'),
    import('../embed/embedder.js'),
    import('../embed/progress.js'),
  ])
  await using db = await openPlace(place)
  const display = createEmbedDisplay()
  const interrupt = listenForInterrupt(() => display.print('Stopping, when the batch is done.'))
  const { signal } = interrupt
  const embedder = startEmbedder(command, dimension, timeoutMs)
  const report: EmbedReport = { stored: 0, skipped: 0 }
  try {
    // The batch is still held when the program is given up.
    const leaseMs = timeoutMs + 60_000
    const asked = { model, owner, batchSize, leaseMs, follow, signal, onProgress: display.update }
    await embedPending(db, embedder, asked, report)
  } catch (error) {
    const exitCode = interrupt.exitCode()
    if (exitCode === undefined || !signal.aborted) throw error
    // What was done until then is reported all the same.
    process.exitCode = exitCode
  } finally {
    display.stop()
    await embedder.close(process.exitCode === undefined ? 5_000 : 1_000)
  }
  const skipped = report.skipped === 0 ? '' : `, ${report.skipped} skipped`
  const text = `${formatNumberOf(report.stored, 'vector')} stored${skipped}`
  process.stdout.write(`${json ? JSON.stringify(report) : text}\n`)
}
