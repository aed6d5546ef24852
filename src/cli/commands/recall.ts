import { Command } from 'commander'
import type { RecalledPassage } from '../../main/index.js'
import { append, once, toTime, toWholeNumber } from '../arguments.js'
import { colorsFor, printable } from '../format.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { findChannel } from '../open-to-read.js'
import { toJsonLine } from '../print-pages.js'

interface Options {
  readonly channel?: string[]
  readonly user?: string
  readonly before?: number
  readonly after?: number
  readonly model?: string
  readonly vector?: string
  readonly limit: number
  readonly context: number
  readonly wholeSegments: boolean
  readonly budget: number
  readonly json: boolean
}

/** `convodb recall "when do we meet?" --db chat.db`: what was said about it, as a bot would be given it. */
export function recallCommand(): Command {
  const command = new Command('recall')
    .description('recall what was said about something, with what stands around it')
    .argument('<text...>', 'what to recall; nothing in it has a meaning of its own')
  return addPlaceOptions(command)
    .option('--channel <id>', 'in this channel; may be given several times', append)
    .option('--user <id>', 'said by this user', once)
    .option('--before <time>', 'earlier than this: ISO 8601 or epoch milliseconds', toTime)
    .option('--after <time>', 'later than this', toTime)
    .option('--vector <base64>', 'the same as a vector: little-endian float32; with --model')
    .option('--model <name>', 'the model of the vector')
    .option('--limit <count>', 'passages at most', toWholeNumber(1, 1_000), 10)
    .option('--context <count>', 'messages before and after each hit', toWholeNumber(0, 100), 2)
    .option('--whole-segments', 'the segment of a hit in place of its context', false)
    .option('--budget <characters>', 'of all that is shown', toWholeNumber(1, 1_000_000), 20_000)
    .option('--json', 'as NDJSON, a passage a line, with why it is there', false)
    .addHelpText('after', help)
    .action(runRecall)
}

const help = `
Examples:
  $ convodb recall "when do we meet?" --db chat.db
  $ convodb recall the broken disk --channel general --limit 3 --whole-segments --db chat.db`

async function runRecall(words: readonly string[], options: Options, command: Command): Promise<void> {
  const { channel: channelIds, user: userId, json } = options
  const { before, after, model, vector, limit, context, wholeSegments, budget } = options
  await using db = await openPlaceToRead(placeOf(command))
  for (const channelId of channelIds ?? []) await findChannel(db, channelId)
  const passages = await db.recall({
    text: words.join(' '),
    channelIds,
    userId,
    before,
    after,
    model,
    vector,
    limit,
    context,
    wholeSegments,
    budget,
    explain: json,
  })
  const text = json
    ? passages.map((passage) => `${toJsonLine(passage)}\n`).join('')
    : passages.map(toText).join('\n')
  process.stdout.write(text)
}

function toText({ channelId, messages, hitIds }: RecalledPassage): string {
  const { bold, dim } = colorsFor(process.stdout)
  const time = messages[0]?.timestamp.toISOString() ?? ''
  const lines = messages.map(({ messageId, userId, content }) => {
    const line = `${printable(userId)}: ${printable(content)}`
    return hitIds.includes(messageId) ? bold(line) : line
  })
  return [dim(`#${printable(channelId)}, ${time}`), ...lines, ''].join('\n')
}
