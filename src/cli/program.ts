import { Command, CommanderError } from 'commander'
import { colorsFor } from './format.js'
import { backupCommand } from './commands/backup.js'
import { embedCommand } from './commands/embed.js'
import { exportCommand } from './commands/export.js'
import { keysCommand } from './commands/keys.js'
import { importCommand } from './commands/import.js'
import { messagesCommand } from './commands/messages.js'
import { recallCommand } from './commands/recall.js'
import { restoreCommand } from './commands/restore.js'
import { searchCommand } from './commands/search.js'
import { segmentCommand } from './commands/segment.js'
import { serveCommand } from './commands/serve.js'
import { statsCommand } from './commands/stats.js'
import { verifyCommand } from './commands/verify.js'
import { printFailure } from './failure.js'
import { packageVersion } from '../main/package-version.js'

const commands = [
  importCommand(),
  exportCommand(),
  statsCommand(),
  messagesCommand(),
  searchCommand(),
  recallCommand(),
  segmentCommand(),
  embedCommand(),
  verifyCommand(),
  backupCommand(),
  restoreCommand(),
  serveCommand(),
  keysCommand(),
]

const program = new Command('convodb')
  .description('An embedded conversation database for Node, in one SQLite file.')
  .version(packageVersion())
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(colorsFor(process.stderr).red(text.replace(/^error: /, 'convodb: '))),
  })

for (const command of commands) {
  program.addCommand(command.copyInheritedSettings(program))
  for (const inner of command.commands) inner.copyInheritedSettings(program)
}

// A reader that has seen enough (`| head`) closes the pipe: that is no failure. Anything else is, such as a full disk.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') return
  printFailure(new Error(`standard output: ${error.message}`))
  process.exit(1)
})

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message already: help, the version, or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  printFailure(error)
  return 1
}
