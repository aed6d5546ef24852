import { Command, Option } from 'commander'
import type { MessageHit } from '../../main/index.js'
import type { SearchMessagesParams } from '../../protocol/search-parameters.js'
import { append, once, toCount, toTime } from '../arguments.js'
import { colorsFor, printable } from '../format.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { findChannel } from '../open-to-read.js'
import { printPages } from '../print-pages.js'

interface Options {
  readonly channel?: string[]
  readonly user?: string
  readonly type?: string
  readonly before?: number
  readonly after?: number
  readonly any: boolean
  readonly order: 'relevance' | 'time'
  readonly limit: number
  readonly json: boolean
}

/** `convodb search kernel panic --db chat.db`: messages by their words. */
export function searchCommand(): Command {
  const command = new Command('search')
    .description('search messages by their words')
    .argument(
      '<text...>',
      'words; "side by side", -not, prefix*, from:user, in:channel, before:2026-01-31, after:2026',
    )
  return addPlaceOptions(command)
    .option('--channel <id>', 'in this channel; may be given several times', append)
    .option('--user <id>', 'by this user', once)
    .option('--type <type>', 'of this message type')
    .option('--before <time>', 'earlier than this: ISO 8601 or epoch milliseconds', toTime)
    .option('--after <time>', 'later than this', toTime)
    .option('--any', 'any of the words is enough', false)
    .addOption(
      new Option('--order <order>', 'the best or the newest first')
        .choices(['relevance', 'time'])
        .default('relevance'),
    )
    .option('--limit <count>', 'how many at most', toCount, 20)
    .option('--json', 'as NDJSON', false)
    .addHelpText('after', help)
    .action(runSearch)
}

const help = `
A word that begins with a dash goes behind --.

Examples:
  $ convodb search kernel panic --db chat.db
  $ convodb search '"kernel panic" from:ada after:2026' --db chat.db --order time
  $ convodb search --db chat.db -- tea -milk`

async function runSearch(words: readonly string[], options: Options, command: Command): Promise<void> {
  const { channel: channelIds, user, type, before, after, any, order, limit, json } = options
  await using db = await openPlaceToRead(placeOf(command))
  for (const channelId of channelIds ?? []) await findChannel(db, channelId)
  const search: SearchMessagesParams = {
    text: words.join(' '),
    channelIds,
    userId: user,
    messageType: type,
    before,
    after,
    match: any ? 'any' : 'all',
    order,
    highlight: true,
  }
  const printing = { limit, json, toText, isEndTold: false }
  await printPages((page) => db.searchMessages({ ...search, ...page }), printing)
}

function toText({ timestamp, channelId, userId, snippet }: MessageHit): string {
  const { bold, dim, underline } = colorsFor(process.stdout)
  let text = ''
  let end = 0
  for (const mark of snippet?.marks ?? []) {
    text += printable(snippet?.text.slice(end, mark.start) ?? '')
    text += underline(bold(printable(snippet?.text.slice(mark.start, mark.end) ?? '')))
    end = mark.end
  }
  text += printable(snippet?.text.slice(end) ?? '')
  return `${dim(timestamp.toISOString())}  ${dim(printable(channelId))}  ${bold(printable(userId))}  ${text}`
}
