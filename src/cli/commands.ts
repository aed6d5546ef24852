import { Command } from 'commander'

interface CommandEntry {
  /** For the list of commands. */
  readonly summary: string
  readonly load: () => Promise<Command>
}

/** In the order of `convodb --help`. Each is loaded when it is called: nobody waits for the code of another. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  import: {
    summary: 'put files of other programs, or an export, into a database',
    load: async () => (await import('./commands/import.js')).importCommand(),
  },
  export: {
    summary: 'write what is in a database for other programs, or for import',
    load: async () => (await import('./commands/export.js')).exportCommand(),
  },
  stats: {
    summary: 'count what is in a database',
    load: async () => (await import('./commands/stats.js')).statsCommand(),
  },
  channels: {
    summary: 'list channels',
    load: async () => (await import('./commands/channels.js')).channelsCommand(),
  },
  users: {
    summary: 'list users, find them by name, or show one',
    load: async () => (await import('./commands/users.js')).usersCommand(),
  },
  messages: {
    summary: "show a channel's messages, and follow them",
    load: async () => (await import('./commands/messages.js')).messagesCommand(),
  },
  segments: {
    summary: "list a channel's segments, or show the messages of one",
    load: async () => (await import('./commands/segments.js')).segmentsCommand(),
  },
  search: {
    summary: 'search messages by their words',
    load: async () => (await import('./commands/search.js')).searchCommand(),
  },
  recall: {
    summary: 'recall what was said about something',
    load: async () => (await import('./commands/recall.js')).recallCommand(),
  },
  events: {
    summary: 'follow what is committed',
    load: async () => (await import('./commands/events.js')).eventsCommand(),
  },
  segment: {
    summary: 'divide channels into conversations',
    load: async () => (await import('./commands/segment.js')).segmentCommand(),
  },
  embed: {
    summary: 'have a program make the vectors that are missing',
    load: async () => (await import('./commands/embed.js')).embedCommand(),
  },
  forget: {
    summary: 'delete a user with all they wrote',
    load: async () => (await import('./commands/forget.js')).forgetCommand(),
  },
  retain: {
    summary: 'delete old messages',
    load: async () => (await import('./commands/retain.js')).retainCommand(),
  },
  verify: {
    summary: 'check every row, counter and index',
    load: async () => (await import('./commands/verify.js')).verifyCommand(),
  },
  doctor: {
    summary: 'say what is wrong, and what to do',
    load: async () => (await import('./commands/doctor.js')).doctorCommand(),
  },
  backup: {
    summary: 'copy a database, which may be in use',
    load: async () => (await import('./commands/backup.js')).backupCommand(),
  },
  restore: {
    summary: 'put a backup in the place of a database',
    load: async () => (await import('./commands/restore.js')).restoreCommand(),
  },
  move: {
    summary: 'move a database from a file to PostgreSQL, or back',
    load: async () => (await import('./commands/move.js')).moveCommand(),
  },
  scale: {
    summary: 'prepare a PostgreSQL database, and divide it over a cluster',
    load: async () => (await import('./commands/scale.js')).scaleCommand(),
  },
  serve: {
    summary: 'serve a database over HTTP',
    load: async () => (await import('./commands/serve.js')).serveCommand(),
  },
  keys: {
    summary: 'make, list and revoke the keys of a server',
    load: async () => (await import('./commands/keys.js')).keysCommand(),
  },
  completion: {
    summary: 'print the script that completes commands in a shell',
    load: async () => (await import('./commands/completion.js')).completionCommand(),
  },
}

/** Every command whole, for what is made of all of them. */
export const loadAllCommands = (): Promise<Command[]> =>
  Promise.all(Object.values(commands).map(async ({ summary, load }) => (await load()).summary(summary)))

/** Those of the list, of which only the one that is wanted is whole. */
export function loadCommands(wanted: string | undefined): Promise<Command[]> {
  const loading = Object.entries(commands).map(async ([name, { summary, load }]) =>
    (name === wanted ? await load() : new Command(name)).summary(summary),
  )
  return Promise.all(loading)
}
