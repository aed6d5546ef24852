import { Command, CommanderError } from 'commander'
import { packageVersion } from '../main/package-version.js'
import { ConvoDbError } from '../protocol/errors.js'
import { commands, loadCommands } from './commands.js'
import { firstFailure, printFailure } from './failure.js'
import { colorsFor, printable } from './format.js'
import { isInterrupted } from './interrupt.js'
import { optionDescription } from './option-description.js'
import { lastWordsMs } from './write-out.js'

const program = new Command('convodb')
  .description('An embedded conversation database for Node, in one SQLite file.')
  .version(packageVersion())
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(`${colorsFor(process.stderr).red(shownError(text))}\n`),
  })
  .configureHelp({ optionDescription })
  .addHelpText('after', help())

try {
  const wanted = process.argv.slice(2).find((word) => Object.hasOwn(commands, word))
  for (const command of await loadCommands(wanted)) {
    program.addCommand(command.copyInheritedSettings(program))
    for (const inner of command.commands) inner.copyInheritedSettings(program)
  }
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}
// What was written and nobody reads would keep a process for ever that was told to end.
if (isInterrupted(process.exitCode)) setTimeout(() => process.exit(), lastWordsMs).unref()

function help(): string {
  return `
Examples:
  $ convodb import messages.ndjson.gz --db chat.db
  $ convodb messages general --db chat.db --follow
  $ convodb search kernel panic --db chat.db
  $ convodb help search

Most commands take --db <file>, or --url <server> and a key: also CONVODB_DB, CONVODB_URL, CONVODB_API_KEY.`
}

function exitCodeOf(thrown: unknown): number {
  const error = firstFailure(thrown)
  // Commander has printed its own message already: help, the version, or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  printFailure(error)
  // What the library alone can tell of an argument is no less wrong usage than what Commander finds.
  return error instanceof ConvoDbError && error.code === 'INVALID_ARGUMENT' ? 2 : 1
}

/** What was typed may be somebody else's text; help that follows an error has lines of its own. */
function shownError(text: string): string {
  const lines = text
    .replace(/^error: /, 'convodb: ')
    .trimEnd()
    .split('\n')
  return lines.map(printable).join('\n')
}
