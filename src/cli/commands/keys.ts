import { Command, InvalidArgumentError, Option } from 'commander'
import { isPostgresUrl } from '../../main/postgres-url.js'
import { realPath } from '../../main/real-path.js'
import { parseTime } from '../../protocol/time.js'
import type { Scope } from '../../server/access/caller.js'
import { addDatabaseOption, databaseOf } from '../connection.js'
import { printable } from '../format.js'

interface CreateOptions {
  readonly scope: Scope
  readonly channel?: readonly string[]
  readonly name?: string
  readonly expires?: Date
  readonly json: boolean
}

interface ListOptions {
  readonly json: boolean
}

/** `convodb keys`: who may call a server of a database; a running one heeds it within a second. */
export function keysCommand(): Command {
  return new Command('keys')
    .description('make, list and revoke the keys of a server')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand())
    .addHelpText(
      'after',
      '\nExamples:\n  $ convodb keys create --scope write --name "support bot" --db chat.db\n  $ convodb keys list --db chat.db\n  $ convodb keys revoke 285f9789f1ba522f --db chat.db',
    )
}

const overHttp = 'run it there; a running server heeds it within a second'

/** Of where the server's database is. */
async function keyPlace(command: Command): Promise<string> {
  const db = databaseOf(command, overHttp)
  const { keyPlaceOf } = await import('../../server/index.js')
  return keyPlaceOf(isPostgresUrl(db) ? db : await realPath(db))
}

function createCommand(): Command {
  const command = new Command('create').description('make a key, and show it once')
  return addDatabaseOption(command)
    .addOption(
      new Option('--scope <scope>', 'read; write, which reads too; ingest, which only stores messages; admin')
        .choices(['read', 'write', 'ingest', 'admin'])
        .makeOptionMandatory(),
    )
    .option(
      '--channel <id>',
      'a channel that it is for, and sees nothing beside; may be given several times (default: all channels)',
      (channelId: string, others: readonly string[] = []): readonly string[] => [...others, channelId],
    )
    .option('--name <text>', 'what it is for')
    .option('--expires <time>', 'when it ends, in ISO 8601', readTime)
    .option('--json', 'as JSON', false)
    .action(async ({ scope, channel: channels, name, expires: expiresAt, json }: CreateOptions) => {
      const { createKey } = await import('../../server/index.js')
      const made = await createKey(await keyPlace(command), { scope, channels, name, expiresAt })
      process.stdout.write(json ? `${JSON.stringify(made)}\n` : `${made.key}\n`)
    })
}

function readTime(text: string): Date {
  const time = parseTime(text)
  if (time === undefined || time <= Date.now()) {
    throw new InvalidArgumentError('It must be a time to come, such as 2027-01-31 or 2027-01-31T12:00:00Z.')
  }
  return new Date(time)
}

function listCommand(): Command {
  const command = new Command('list').description('list the keys, which are not shown themselves')
  return addDatabaseOption(command)
    .option('--json', 'as NDJSON', false)
    .action(async ({ json }: ListOptions) => {
      const { readKeys } = await import('../../server/index.js')
      const keys = await readKeys(await keyPlace(command))
      if (json) {
        const shown = keys.map(({ keyId, scope, channels, name, createdAt, expiresAt }) =>
          JSON.stringify({ keyId, scope, channels, name, createdAt, expiresAt }),
        )
        process.stdout.write(shown.map((line) => `${line}\n`).join(''))
        return
      }
      for (const { keyId, scope, channels, name, createdAt, expiresAt } of keys) {
        const end = expiresAt === null ? '' : `, ends ${expiresAt}`
        const only = channels === null ? '' : `, for ${channels.map(printable).join(', ')}`
        process.stdout.write(
          `${keyId}  ${scope.padEnd(6)}  made ${createdAt}${end}${only}  ${printable(name ?? '')}\n`,
        )
      }
    })
}

function revokeCommand(): Command {
  const command = new Command('revoke')
    .description('take a key back; a running server refuses it within a second')
    .argument('<id>', 'as `keys list` shows it')
  return addDatabaseOption(command)
    .option('--json', 'as JSON', false)
    .action(async (keyId: string, { json }: ListOptions) => {
      const { revokeKey } = await import('../../server/index.js')
      await revokeKey(await keyPlace(command), keyId)
      process.stdout.write(json ? `${JSON.stringify({ keyId })}\n` : `${printable(keyId)} is revoked\n`)
    })
}
