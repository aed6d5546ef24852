import { Command, Option } from 'commander'
import { ConvoDbError } from '../../protocol/errors.js'
import type { DatabaseManager, User, UserProfile } from '../../main/index.js'
import type { Order } from '../../protocol/parameters.js'
import { once, toCount } from '../arguments.js'
import { addPlaceOptions, openPlaceToRead, placeOf } from '../connection.js'
import { colorsFor, formatCount, formatMinute, formatNumberOf, printable } from '../format.js'
import { printPages, toJsonLine } from '../print-pages.js'

interface Options {
  readonly user?: string
  readonly limit: number
  readonly order: Order
  readonly json: boolean
}

/** `convodb users love --db chat.db`: who there is. */
export function usersCommand(): Command {
  const command = new Command('users')
    .description('list users, find them by name, or show one')
    .argument('[name...]', 'a part of their display name; without it those who were ever active')
  return addPlaceOptions(command)
    .option('--user <id>', 'this user, with metadata and profile', once)
    .option('--limit <count>', 'how many at most', toCount, 100)
    .addOption(
      new Option('--order <order>', 'without a name. desc: the latest active first')
        .choices(['asc', 'desc'])
        .default('desc'),
    )
    .option('--json', 'as NDJSON', false)
    .addHelpText('after', help)
    .action(runUsers)
}

const help = `
Examples:
  $ convodb users --db chat.db
  $ convodb users love --db chat.db
  $ convodb users --user ada --db chat.db`

async function runUsers(words: readonly string[], options: Options, command: Command): Promise<void> {
  const { user: userId, limit, order, json } = options
  const query = words.join(' ')
  if (userId !== undefined && query !== '') command.error('error: give either a name or --user')
  if (query !== '' && command.getOptionValueSource('order') === 'cli') {
    command.error('error: --order is of the list without a name')
  }
  await using db = await openPlaceToRead(placeOf(command))
  if (userId !== undefined) return await printUser(db, userId, json)
  await printPages<User>(
    ({ limit: pageLimit, cursor }) =>
      query === ''
        ? db.listUsersByActivity({ limit: pageLimit, cursor, order })
        : db.searchByDisplayName({ query, limit: pageLimit, cursor }),
    { limit, json, toText },
  )
}

function toText({ userId, displayName, lastActive, messageCount }: User): string {
  const { bold, dim } = colorsFor(process.stdout)
  const count = formatNumberOf(messageCount, 'message').padStart(16)
  const named = displayName === null || displayName === userId ? '' : `  ${printable(displayName)}`
  return `${dim(formatMinute(lastActive))}${count}  ${bold(printable(userId))}${named}`
}

/** @throws NOT_FOUND when there is no such user */
async function printUser(db: DatabaseManager, userId: string, json: boolean): Promise<void> {
  const [user, profile] = await Promise.all([db.getUser(userId), db.getProfile(userId)])
  if (user === undefined) throw new ConvoDbError('NOT_FOUND', `There is no user '${userId}'`, { userId })
  process.stdout.write(
    json ? `${toJsonLine({ ...user, profile: profile?.profile ?? null })}\n` : describe(user, profile),
  )
}

function describe(user: User, profile: UserProfile | undefined): string {
  const lines: readonly (readonly [string, string])[] = [
    ['user', printable(user.userId)],
    ['name', printable(user.displayName ?? '-')],
    ['messages', formatCount(user.messageCount)],
    ['first seen', formatMinute(user.firstSeen)],
    ['last active', formatMinute(user.lastActive)],
    ['metadata', toLine(user.metadata)],
    ['profile', toLine(profile?.profile ?? null)],
  ]
  return lines.map(([name, value]) => `${`${name}:`.padEnd(15)}${value}\n`).join('')
}

const toLine = (value: object | null): string => (value === null ? '-' : printable(JSON.stringify(value)))
