import { Command, CommanderError } from 'commander'
import { colorsFor } from './format.js'
import { printFailure } from './failure.js'
import { packageVersion } from '../main/package-version.js'

/** Each is loaded when it is called, and all of them for help on what there is. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  import: async () => (await import('./commands/import.js')).importCommand(),
  export: async () => (await import('./commands/export.js')).exportCommand(),
  stats: async () => (await import('./commands/stats.js')).statsCommand(),
  channels: async () => (await import('./commands/channels.js')).channelsCommand(),
  users: async () => (await import('./commands/users.js')).usersCommand(),
  messages: async () => (await import('./commands/messages.js')).messagesCommand(),
  search: async () => (await import('./commands/search.js')).searchCommand(),
  recall: async () => (await import('./commands/recall.js')).recallCommand(),
  events: async () => (await import('./commands/events.js')).eventsCommand(),
  segment: async () => (await import('./commands/segment.js')).segmentCommand(),
  segments: async () => (await import('./commands/segments.js')).segmentsCommand(),
  embed: async () => (await import('./commands/embed.js')).embedCommand(),
  forget: async () => (await import('./commands/forget.js')).forgetCommand(),
  retain: async () => (await import('./commands/retain.js')).retainCommand(),
  doctor: async () => (await import('./commands/doctor.js')).doctorCommand(),
  verify: async () => (await import('./commands/verify.js')).verifyCommand(),
  backup: async () => (await import('./commands/backup.js')).backupCommand(),
  restore: async () => (await import('./commands/restore.js')).restoreCommand(),
  move: async () => (await import('./commands/move.js')).moveCommand(),
  serve: async () => (await import('./commands/serve.js')).serveCommand(),
  keys: async () => (await import('./commands/keys.js')).keysCommand(),
}

const program = new Command('convodb')
  .description('An embedded conversation database for Node, in one SQLite file.')
  .version(packageVersion())
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(colorsFor(process.stderr).red(text.replace(/^error: /, 'convodb: '))),
  })

try {
  for (const command of await loadCommands(process.argv[2])) {
    program.addCommand(command.copyInheritedSettings(program))
    for (const inner of command.commands) inner.copyInheritedSettings(program)
  }
  await program.parseAsync()
} catch (error) {
  process.exitCode = exitCodeOf(error)
}

/** That which is called, where the first argument names one: no option of the program itself stands before it. */
function loadCommands(name = ''): Promise<Command[]> {
  const wanted = Object.hasOwn(commands, name) ? [commands[name]] : Object.values(commands)
  return Promise.all(wanted.flatMap((load) => load?.() ?? []))
}

function exitCodeOf(error: unknown): number {
  // Commander has printed its own message already: help, the version, or what is wrong with the arguments.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  printFailure(error)
  return 1
}
