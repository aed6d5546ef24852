import { Command, InvalidArgumentError, Option } from 'commander'
import { isPostgresUrl, withoutPassword } from '../../main/postgres-url.js'
import type { ScaleInitReport } from '../../main/scale-init.js'
import { formatNumberOf, printable } from '../format.js'

interface InitOptions {
  readonly url?: string
  readonly db?: string
  readonly shards?: number
  readonly json: boolean
}

/** `convodb scale`: a database of PostgreSQL's over several machines. */
export function scaleCommand(): Command {
  return new Command('scale')
    .description('prepare a PostgreSQL database, and divide it over the nodes of a cluster')
    .addCommand(initCommand())
    .addHelpText('after', '\nExamples:\n  $ convodb scale init --url postgres://app@coordinator/chat')
}

function initCommand(): Command {
  return new Command('init')
    .description('make the tables or bring them up to date; divide them by channel where Citus is there')
    .option('--url <url>', 'the database, such as postgres://app@coordinator/chat')
    .addOption(new Option('--db <url>', 'the same').env('CONVODB_DB'))
    .option(
      '--shards <number>',
      'into how many parts, once and for all (default: what the server says, mostly 32)',
      readShards,
    )
    .option('--json', 'the report as JSON', false)
    .addHelpText('after', help)
    .action(async ({ url, db, shards, json }: InitOptions, command: Command) => {
      const place = placeOf(command, url ?? db)
      const { scaleInit } = await import('../../main/scale-init.js')
      const report = await scaleInit(place, { shards })
      process.stdout.write(json ? toJson(place, report) : toText(place, report))
    })
}

const help = `
Examples:
  $ convodb scale init --url postgres://app@coordinator/chat
  $ convodb scale init --url postgres://app@coordinator/chat --shards 64 --json

It is safe to run again. Where there are messages already they are copied to the nodes while all who write wait: end the
programs that use the database before, and start them again behind it.`

function readShards(text: string): number {
  const shards = Number(text)
  if (/^\d{1,5}$/.test(text) && shards >= 1 && shards <= 64_000) return shards
  throw new InvalidArgumentError('It must be a whole number from 1 to 64000.')
}

function placeOf(command: Command, place: string | undefined): string {
  if (place === undefined || place === '')
    return command.error('error: give --url postgres://...; also CONVODB_DB')
  return isPostgresUrl(place)
    ? place
    : command.error(`error: scale is for databases on PostgreSQL, postgres://...; not ${printable(place)}`)
}

function toJson(place: string, { cluster, ...report }: ScaleInitReport): string {
  return `${JSON.stringify({ path: withoutPassword(place), ...report, cluster: cluster ?? null })}\n`
}

function toText(place: string, { isNew, citus, divided, cluster }: ScaleInitReport): string {
  const tables = isNew ? 'The tables are made.' : 'The tables are up to date.'
  return [printable(withoutPassword(place)), tables, stateOf(citus, divided.length > 0, cluster), ''].join(
    '\n',
  )
}

function stateOf(
  citus: ScaleInitReport['citus'],
  isDividedNow: boolean,
  cluster: ScaleInitReport['cluster'],
): string {
  if (cluster !== undefined) {
    const shape = `${formatNumberOf(cluster.shards, 'part')} on ${formatNumberOf(cluster.nodes, 'node')}`
    return `Channels are divided into ${shape}${isDividedNow ? '' : ', as they were'}.`
  }
  return citus === 'missing'
    ? 'This server has no Citus: all is in one place.'
    : 'All is in one place. This server knows Citus, and this database does not use it: CREATE EXTENSION citus, add its nodes, and run this again.'
}
