import { Command, Option } from 'commander'
import { ConvoDbError } from '../../protocol/errors.js'
import type { ConversationSegment, DatabaseManager } from '../../main/index.js'
import type { Order } from '../../protocol/parameters.js'
import { toCount, toTime } from '../arguments.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { colorsFor, formatMinute, formatNumberOf, printable } from '../format.js'
import { messageToText } from '../message-text.js'
import { findChannel } from '../open-to-read.js'
import { printPages, toJsonLine } from '../print-pages.js'
import { writeOut } from '../write-out.js'

interface Options {
  readonly segment?: string
  readonly limit: number
  readonly order: Order
  readonly before?: number
  readonly after?: number
  readonly json: boolean
}

/** `convodb segments general --db chat.db`: a channel's conversations, or what was said in one. */
export function segmentsCommand(): Command {
  const command = new Command('segments')
    .description("list a channel's segments, or show the messages of one")
    .argument('[channel]', "the channel's id; not needed with --segment")
  return addPlaceOptions(command)
    .option('--segment <id>', 'the messages of this segment')
    .option('--limit <count>', 'how many segments at most', toCount, 20)
    .addOption(
      new Option('--order <order>', 'desc: the latest start first').choices(['asc', 'desc']).default('desc'),
    )
    .option('--before <time>', 'that started earlier than this: ISO 8601 or epoch milliseconds', toTime)
    .option('--after <time>', 'that started later than this', toTime)
    .option('--json', 'as NDJSON', false)
    .addHelpText('after', help)
    .action(runSegments)
}

const help = `
Examples:
  $ convodb segments general --db chat.db --limit 5
  $ convodb segments --segment s42 --db chat.db --json
"convodb segment" makes them.`

async function runSegments(channelId: string | undefined, options: Options, command: Command): Promise<void> {
  const { segment, limit, order, before, after, json } = options
  if (channelId === undefined && segment === undefined) {
    command.error('error: give a channel, or --segment')
  }
  await using db = await openPlaceToRead(placeOf(command))
  if (channelId !== undefined) await findChannel(db, channelId)
  if (segment !== undefined) return await printMembers(db, segment, channelId, json)
  if (channelId === undefined) return
  const printing = { limit, json, toText }
  await printPages(
    (page) => db.getConversationSegments({ ...page, channelId, order, before, after }),
    printing,
  )
}

function toText({ segmentId, startTime, endTime, messageCount, summary }: ConversationSegment): string {
  const { bold, dim } = colorsFor(process.stdout)
  const count = formatNumberOf(messageCount, 'message').padStart(14)
  const told = summary === null ? '' : `  ${printable(summary)}`
  return `${dim(`${formatMinute(startTime)} to ${formatMinute(endTime)}`)}${count}  ${bold(printable(segmentId))}${told}`
}

/** @throws NOT_FOUND when there is no such segment, or not in this channel */
async function printMembers(
  db: DatabaseManager,
  segmentId: string,
  channelId: string | undefined,
  json: boolean,
): Promise<void> {
  const segment = await db.getConversationSegment(segmentId)
  if (segment === undefined || (channelId !== undefined && segment.channelId !== channelId)) {
    const where = channelId === undefined ? '' : ` in channel '${channelId}'`
    throw new ConvoDbError('NOT_FOUND', `There is no segment '${segmentId}'${where}`, { segmentId })
  }
  const messages = await db.getSegmentMessages(segmentId)
  const lines = messages.map((message) => `${json ? toJsonLine(message) : messageToText(message)}\n`)
  await writeOut(lines.join(''))
}
