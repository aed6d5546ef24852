import { Command, InvalidArgumentError } from 'commander'
import type { DatabaseManager, RetentionReport } from '../../main/index.js'
import { parseDuration } from '../duration.js'
import { once, toTime } from '../arguments.js'
import { assertCanAsk, confirm, printNothingDone } from '../confirm.js'
import { addPlaceOptions, openPlace, openPlaceToRead, placeOf, type Place } from '../connection.js'
import { formatBytes, formatCount, formatMinute, formatNumberOf } from '../format.js'
import { listenForInterrupt } from '../interrupt.js'
import { findChannel } from '../open-to-read.js'
import { createLinePrinter, printLine } from '../progress-lines.js'

interface Options {
  readonly olderThan: number
  readonly channel?: string
  readonly keepPinned: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly json: boolean
}

/** `convodb retain --older-than 90d --db chat.db`: deletes old messages and gives their space back. */
export function retainCommand(): Command {
  const command = new Command('retain').description(
    'delete messages older than a time, which can not be undone, and give their space back',
  )
  return addPlaceOptions(command)
    .requiredOption(
      '--older-than <age>',
      'an age such as 90d or 12h; or a time: ISO 8601 or epoch milliseconds',
      toOldest,
    )
    .option('--channel <id>', 'of this channel alone', once)
    .option('--keep-pinned', 'spare messages whose metadata says "pinned": true', false)
    .option('--dry-run', 'only count them', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'the report as JSON', false)
    .addHelpText('after', help)
    .action(runRetain)
}

const help = `
Examples:
  $ convodb retain --older-than 90d --dry-run --db chat.db
  $ convodb retain --older-than 2025-01-01 --channel general --keep-pinned --db chat.db
  $ convodb retain --older-than 90d --yes --db chat.db        # from cron

It is safe to run again, and after it was stopped. Exit codes: 0 all is done; 1 it failed, or you said no; 2 wrong
usage; 130 interrupted.`

function toOldest(text: string): number {
  const ageMs = parseDuration(text)
  if (ageMs !== undefined) return Date.now() - ageMs
  const time = readTime(text)
  if (time > Date.now()) throw new InvalidArgumentError('It is a time to come: everything would be older.')
  // Who types 5 means days.
  if (/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Say the unit: 5d, 12h.')
  return time
}

function readTime(text: string): number {
  try {
    return toTime(text)
  } catch {
    throw new InvalidArgumentError('It must be an age such as 90d or 12h, ISO 8601 or epoch milliseconds.')
  }
}

async function runRetain(options: Options, command: Command): Promise<void> {
  const { olderThan, channel: channelId, keepPinned, dryRun, yes } = options
  const place = placeOf(command)
  const asked = { olderThan, channelId, keepPinned }
  if (!dryRun) assertCanAsk(command, yes)
  await using db = await openFor(place, dryRun)
  if (channelId !== undefined) await findChannel(db, channelId)
  if (dryRun) return print(await db.applyRetention({ ...asked, dryRun }), options)
  if (!yes) {
    const { deletedMessages } = await db.applyRetention({ ...asked, dryRun: true })
    const question = `Delete ${formatNumberOf(deletedMessages, 'message')} from before ${formatMinute(new Date(olderThan))} for ever?`
    if (!(await confirm(command, yes, question))) {
      return printNothingDone()
    }
  }
  await apply(db, asked, options)
}

const openFor = (place: Place, dryRun: boolean): Promise<DatabaseManager> =>
  dryRun ? openPlaceToRead(place) : openPlace(place)

async function apply(
  db: DatabaseManager,
  asked: Parameters<DatabaseManager['applyRetention']>[0],
  options: Options,
): Promise<void> {
  const interrupt = listenForInterrupt(() => printLine('Stopping.'))
  const printProgress = createLinePrinter()
  let report: RetentionReport = { deletedMessages: 0, releasedBytes: 0 }
  const onProgress = (done: RetentionReport): void => {
    report = done
    printProgress(() => `${formatCount(done.deletedMessages)} deleted`)
  }
  try {
    report = await db.applyRetention({ ...asked, onProgress }, { signal: interrupt.signal })
  } catch (error) {
    const exitCode = interrupt.exitCode()
    if (exitCode === undefined) throw error
    process.exitCode = exitCode
  }
  print(report, options)
}

function print({ deletedMessages, releasedBytes }: RetentionReport, { json, dryRun }: Options): void {
  const count = formatNumberOf(deletedMessages, 'message')
  const text = dryRun
    ? `${count} would be deleted`
    : `${count} deleted, ${formatBytes(releasedBytes)} given back`
  process.stdout.write(`${json ? JSON.stringify({ deletedMessages, releasedBytes, dryRun }) : text}\n`)
}
