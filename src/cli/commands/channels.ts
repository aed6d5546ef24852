import { Command, Option } from 'commander'
import type { Channel } from '../../main/index.js'
import type { Order } from '../../protocol/parameters.js'
import { toCount } from '../arguments.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { colorsFor, formatMinute, formatNumberOf, printable } from '../format.js'
import { printPages } from '../print-pages.js'

interface Options {
  readonly limit: number
  readonly order: Order
  readonly json: boolean
}

/** `convodb channels --db chat.db`: which channels there are. */
export function channelsCommand(): Command {
  const command = new Command('channels').description('list channels: last message, messages, id, name')
  return addPlaceOptions(command)
    .option('--limit <count>', 'how many at most', toCount, 100)
    .addOption(
      new Option('--order <order>', 'desc: the latest to come into being first')
        .choices(['asc', 'desc'])
        .default('desc'),
    )
    .option('--json', 'as NDJSON', false)
    .addHelpText('after', help)
    .action(async ({ limit, order, json }: Options) => {
      await using db = await openPlaceToRead(placeOf(command))
      await printPages((page) => db.listChannels({ ...page, order }), { limit, json, toText })
    })
}

const help = `
Examples:
  $ convodb channels --db chat.db
  $ convodb channels --db chat.db --json --limit 100000 | jq -r .channelId`

function toText({ channelId, name, lastActive, messageCount }: Channel): string {
  const { bold, dim } = colorsFor(process.stdout)
  const count = formatNumberOf(messageCount, 'message').padStart(16)
  const named = name === null || name === channelId ? '' : `  ${printable(name)}`
  return `${dim(formatMinute(lastActive))}${count}  ${bold(printable(channelId))}${named}`
}
