import { Command } from 'commander'
import type { DatabaseManager, ForgetReceipt } from '../../main/index.js'
import { assertCanAsk, confirm, printNothingDone } from '../confirm.js'
import { addPlaceOptions, openPlace, placeOf } from '../connection.js'
import { formatNumberOf, printable } from '../format.js'
import { toJsonLine } from '../print-pages.js'

interface Options {
  readonly mayReturn: boolean
  readonly yes: boolean
  readonly json: boolean
}

/** `convodb forget ada --db chat.db`: deletes a user with all they wrote, and keeps them away. */
export function forgetCommand(): Command {
  const command = new Command('forget')
    .description('delete a user with all they wrote, which can not be undone')
    .argument('<user>', "the user's id")
  return addPlaceOptions(command)
    .option('--may-return', 'leave no mark that keeps later messages of theirs away', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'the receipt as JSON', false)
    .addHelpText('after', help)
    .action(runForget)
}

const help = `
Their messages, reactions, profile and record go, and what follows from them; what others wrote about them stays. A hash
of the id is kept, by which later messages of theirs are ignored, unless --may-return is given.

Examples:
  $ convodb forget ada --db chat.db
  $ convodb forget ada --db chat.db --yes --json >> forgotten.ndjson

Exit codes: 0 they are forgotten; 1 it failed, or you said no; 2 wrong usage.`

async function runForget(userId: string, { mayReturn, yes, json }: Options, command: Command): Promise<void> {
  const place = placeOf(command)
  assertCanAsk(command, yes)
  await using db = await openPlace(place)
  if (!yes && !(await confirm(command, yes, await ask(db, userId)))) {
    return printNothingDone()
  }
  const receipt = await db.forgetUser({ userId, mayReturn })
  process.stdout.write(json ? `${toJsonLine(receipt)}\n` : describe(receipt, mayReturn))
}

async function ask(db: DatabaseManager, userId: string): Promise<string> {
  const user = await db.getUser(userId)
  if (user === undefined) return `There is no record of '${userId}'. Forget them all the same?`
  const name = user.displayName === null ? '' : ` (${user.displayName})`
  return `Forget '${userId}'${name} and ${formatNumberOf(user.messageCount, 'message')} for ever?`
}

function describe(receipt: ForgetReceipt, mayReturn: boolean): string {
  const { userId, wasKnown, messages, reactions, embeddings, segmentMemberships, profiles } = receipt
  const away = mayReturn ? '' : '; what comes of them later is ignored'
  if (!wasKnown) return `There was nothing of ${printable(userId)}${away}\n`
  const counts = [
    formatNumberOf(messages, 'message'),
    formatNumberOf(reactions, 'reaction'),
    formatNumberOf(embeddings, 'embedding'),
    `${formatNumberOf(segmentMemberships, 'place')} in segments`,
    formatNumberOf(profiles, 'profile'),
  ]
  return `Forgot ${printable(userId)}: ${counts.join(', ')}${away}\n`
}
