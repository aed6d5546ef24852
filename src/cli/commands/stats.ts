import { Command } from 'commander'
import type { Stats } from '../../main/index.js'
import { formatBytes, formatCount } from '../format.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { printable } from '../format.js'

interface Options {
  readonly json: boolean
}

/** `convodb stats --db chat.db`: how much of everything there is. */
export function statsCommand(): Command {
  return addPlaceOptions(new Command('stats').description('count what is in a database'))
    .option('--json', 'as JSON', false)
    .addHelpText(
      'after',
      '\nExamples:\n  $ convodb stats --db chat.db\n  $ convodb stats --db chat.db --json | jq .rows.messages',
    )
    .action(async ({ json }: Options, command: Command) => {
      await using db = await openPlaceToRead(placeOf(command))
      const stats = await db.stats()
      process.stdout.write(json ? toJson(stats) : toText(stats))
    })
}

/** Queues and latencies are left out: they would be those of this command. */
function toJson({ path, fileBytes, walBytes, rows }: Stats): string {
  return `${JSON.stringify({ path, fileBytes, walBytes, rows })}\n`
}

function toText({ path, fileBytes, walBytes, rows }: Stats): string {
  const lines: readonly (readonly [string, string])[] = [
    ['file', printable(path)],
    ['size', `${formatBytes(fileBytes)}, write-ahead log ${formatBytes(walBytes)}`],
    ['channels', formatCount(rows.channels)],
    ['messages', formatCount(rows.messages)],
    ['users', formatCount(rows.users)],
    ['user profiles', formatCount(rows.userProfiles)],
    [
      'segments',
      `${formatCount(rows.conversationSegments)} of ${formatCount(rows.segmentMessages)} messages`,
    ],
    ['embeddings', formatCount(rows.embeddings)],
  ]
  return lines.map(([name, value]) => `${`${name}:`.padEnd(15)}${value}\n`).join('')
}
