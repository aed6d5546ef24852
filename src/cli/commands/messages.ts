import { Command, Option } from 'commander'
import type { Order } from '../../protocol/parameters.js'
import { toCount, toTime } from '../arguments.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { messageToText } from '../message-text.js'
import { findChannel } from '../open-to-read.js'
import { printPages } from '../print-pages.js'

interface Options {
  readonly limit: number
  readonly order: Order
  readonly before?: number
  readonly after?: number
  readonly follow: boolean
  readonly json: boolean
}

/** `convodb messages CHANNEL --db chat.db`: a channel's messages, to read or to watch. */
export function messagesCommand(): Command {
  const command = new Command('messages')
    .description("show a channel's messages")
    .argument('<channel>', "the channel's id")
  return addPlaceOptions(command)
    .option('--limit <count>', 'how many at most', toCount, 20)
    .addOption(new Option('--order <order>', 'desc: newest first').choices(['asc', 'desc']).default('desc'))
    .option('--before <time>', 'earlier than this: ISO 8601 or epoch milliseconds', toTime)
    .option('--after <time>', 'later than this', toTime)
    .option('--follow', 'in reading order, and go on with what comes, until Ctrl-C', false)
    .option('--json', 'as NDJSON; with --follow edited ones come again, deleted ones as "isDeleted"', false)
    .addHelpText('after', help)
    .action(async (channelId: string, { limit, order, before, after, follow, json }: Options) => {
      if (follow) refuseWithFollow(command)
      await using db = await openPlaceToRead(placeOf(command))
      await findChannel(db, channelId)
      if (follow) {
        const { followMessages } = await import('../messages/follow.js')
        process.exitCode = await followMessages(db, { channelId, limit, after, json })
        return
      }
      const printing = { limit, json, toText: messageToText, isEndTold: false }
      await printPages((page) => db.getMessages({ ...page, channelId, order, before, after }), printing)
    })
}

const help = `
Examples:
  $ convodb messages general --db chat.db
  $ convodb messages general --db chat.db --follow
  $ convodb messages general --db chat.db --after 2026-01-01 --order asc --limit 1000000 --json > messages.ndjson

Exit codes: 0 all is shown; 1 it failed; 2 wrong usage; with --follow 130 interrupted, 143 terminated.`

function refuseWithFollow(command: Command): void {
  for (const name of ['order', 'before']) {
    if (command.getOptionValueSource(name) === 'cli') {
      command.error(`error: --${name} does not go with --follow, which shows the latest in reading order`)
    }
  }
}
