import { Command, InvalidArgumentError, Option } from 'commander'
import type { SegmentStrategy } from '../../main/index.js'
import { addPlaceOptions, openPlace, placeOf } from '../connection.js'
import { listenForInterrupt } from '../interrupt.js'
import { findChannel } from '../open-to-read.js'
import { createSegmentDisplay } from '../segment/progress.js'
import { segmentChannels } from '../segment/segment-channels.js'
import { formatNumberOf } from '../format.js'

interface Options {
  readonly strategy: 'gap' | 'replies' | 'conversations'
  readonly minutes?: number
  readonly json: boolean
}

/** `convodb segment general --db chat.db`: divides channels into conversations. */
export function segmentCommand(): Command {
  const command = new Command('segment')
    .description('divide the messages of channels into segments, and go on where it ended before')
    .argument('[channel...]', 'ids of channels; all of them when none is given')
  return addPlaceOptions(command)
    .addOption(
      new Option(
        '--strategy <name>',
        'gap: by silences; replies: by what answers what; conversations: by who talks to whom',
      )
        .choices(['gap', 'replies', 'conversations'])
        .default('conversations'),
    )
    .option('--minutes <number>', 'of gap: the longest silence inside a segment (default: 30)', toMinutes)
    .option('--json', 'the report as JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ convodb segment --db chat.db\n  $ convodb segment general --strategy gap --minutes 10 --db chat.db\n' +
        '\nIt is safe to run again, and after it was stopped. Exit codes: 0 all is done; 1 it failed; 2 wrong usage; 130 interrupted.',
    )
    .action(runSegment)
}

function toMinutes(value: string): number {
  const minutes = Number(value)
  if (minutes > 0 && minutes <= 10_000_000) return minutes
  throw new InvalidArgumentError('It must be a number greater than 0, up to 10000000.')
}

async function runSegment(channelIds: readonly string[], options: Options, command: Command): Promise<void> {
  const { json } = options
  const strategy = toStrategy(options, command)
  await using db = await openPlace(placeOf(command))
  const channels = await Promise.all(channelIds.map((channelId) => findChannel(db, channelId)))
  const display = createSegmentDisplay()
  const interrupt = listenForInterrupt(() => display.print('Stopping.'))
  try {
    const { signal } = interrupt
    const report = await segmentChannels(db, { channels, strategy, signal, onProgress: display.update })
    display.stop()
    const { messages, members, segments } = report
    const text = `${formatNumberOf(messages, 'message')} looked at, ${members} of them in segments; ${formatNumberOf(segments, 'new segment')}`
    process.stdout.write(`${json ? JSON.stringify(report) : text}\n`)
  } catch (error) {
    display.stop()
    const exitCode = interrupt.exitCode()
    if (exitCode === undefined) throw error
    process.exitCode = exitCode
  }
}

function toStrategy({ strategy, minutes }: Options, command: Command): SegmentStrategy {
  if (strategy === 'gap') return { name: 'gap', minutes }
  if (minutes !== undefined) command.error('error: --minutes is of --strategy gap')
  return strategy
}
