import { Command, Option } from 'commander'
import { toJsonForm, type Message } from '../../main/index.js'
import type { Order } from '../../protocol/parameters.js'
import { maxLimit } from '../../protocol/limits.js'
import { toTime, toWholeNumber } from '../arguments.js'
import { colorsFor } from '../format.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { findChannel } from '../open-to-read.js'
import { printable } from '../format.js'

interface Options {
  readonly limit: number
  readonly order: Order
  readonly before?: number
  readonly after?: number
  readonly json: boolean
}

/** `convodb messages CHANNEL --db chat.db`: one page of a channel, to read. */
export function messagesCommand(): Command {
  const command = new Command('messages')
    .description("show a channel's messages")
    .argument('<channel>', "the channel's id")
  return addPlaceOptions(command)
    .option('--limit <count>', 'how many at most', toWholeNumber(1, maxLimit), 20)
    .addOption(new Option('--order <order>', 'desc: newest first').choices(['asc', 'desc']).default('desc'))
    .option('--before <time>', 'earlier than this: ISO 8601 or epoch milliseconds', toTime)
    .option('--after <time>', 'later than this', toTime)
    .option('--json', 'as NDJSON', false)
    .action(async (channelId: string, { limit, order, before, after, json }: Options) => {
      await using db = await openPlaceToRead(placeOf(command))
      await findChannel(db, channelId)
      const { items } = await db.getMessages({ channelId, limit, order, before, after })
      process.stdout.write(items.map((message) => `${json ? toJson(message) : toText(message)}\n`).join(''))
    })
}

const toJson = (message: Message): string => JSON.stringify(toJsonForm(message))

function toText({ timestamp, userId, messageType, content }: Message): string {
  const { bold, dim } = colorsFor(process.stdout)
  const kind = messageType === 'message' ? '' : `${dim(`[${printable(messageType)}]`)} `
  return `${dim(timestamp.toISOString())}  ${bold(printable(userId))}  ${kind}${printable(content)}`
}
