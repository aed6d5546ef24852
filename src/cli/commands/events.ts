import { Command } from 'commander'
import type { ChangeEvent } from '../../main/index.js'
import { once } from '../arguments.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { followChanges, presentCursor } from '../follow-changes.js'
import { colorsFor, printable } from '../format.js'
import { findChannel } from '../open-to-read.js'
import { toJsonLine } from '../print-pages.js'
import { watchFile } from '../watch-file.js'
import { writeOut } from '../write-out.js'

interface Options {
  readonly after?: string
  readonly channel?: string
  readonly json: boolean
}

/** `convodb events --db chat.db`: what is committed, as it comes. */
export function eventsCommand(): Command {
  const command = new Command('events').description('follow what is committed, a line a change')
  return addPlaceOptions(command)
    .option('--after <cursor>', 'go on behind this change (default: from now on)')
    .option('--channel <id>', 'of this channel alone; a key for certain channels needs it', once)
    .option('--json', 'as NDJSON, each with its cursor', false)
    .addHelpText('after', help)
    .action(async ({ after, channel: channelId, json }: Options) => {
      await using db = await openPlaceToRead(placeOf(command))
      const lost = await watchFile(db.path)
      if (channelId !== undefined) await findChannel(db, channelId)
      // A cursor that is none is found before anything is said to be followed.
      if (after !== undefined) await db.listChanges({ after, channelId, limit: 1 })
      const start = after ?? (await presentCursor(db, channelId))
      process.stderr.write(`Following; the cursor of now is ${printable(start)}. Ctrl-C ends it.\n`)
      const { cursor, exitCode } = await followChanges(db, {
        channelId,
        after: start,
        lost,
        show: (event) => writeOut(`${json ? toJsonLine(event) : toText(event)}\n`),
      })
      process.stderr.write(`To go on from here: --after ${printable(cursor)}\n`)
      process.exitCode = exitCode
    })
}

const help = `
None is left out and none comes twice, also when it goes on from a cursor after a restart. With --json each line has its
cursor; without, stderr tells the last one at the end.

Examples:
  $ convodb events --db chat.db
  $ convodb events --channel general --json --url https://chat.example.org | jq -r .message.content

Exit codes: 1 it failed; 2 wrong usage; 130 interrupted; 143 terminated; 0 the reader of its output has closed it.`

function toText(event: ChangeEvent): string {
  const { bold, dim } = colorsFor(process.stdout)
  const kind = bold(event.kind.padEnd(15))
  switch (event.kind) {
    case 'messageStored':
    case 'messageUpdated': {
      const { userId, content } = event.message
      const where = dim(`${printable(event.channelId)}  ${printable(event.messageId)}`)
      return `${kind}  ${where}  ${printable(userId)}: ${printable(content)}`
    }
    case 'messageDeleted':
      return `${kind}  ${dim(`${printable(event.channelId)}  ${printable(event.messageId)}`)}`
    case 'segmentStored':
    case 'segmentUpdated':
    case 'segmentDeleted':
      return `${kind}  ${dim(`${printable(event.channelId)}  ${printable(event.segmentId)}`)}`
    case 'channelUpdated':
    case 'channelDeleted':
      return `${kind}  ${dim(printable(event.channelId))}`
    case 'userForgotten':
      return `${kind}  ${dim(`SHA-256 ${event.userHash}`)}`
    default:
      return `${kind}  ${dim(printable(event.userId))}`
  }
}
