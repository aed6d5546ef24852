import { Help, type Command } from 'commander'
import { loadAllCommands } from '../commands.js'
import { exitCodes } from '../exit-codes.js'
import { optionDescription } from '../option-description.js'

const about =
  'convodb keeps conversations (channels, messages, users, segments, embeddings) in one SQLite file, or on PostgreSQL, ' +
  'and every acknowledged write durable. Its commands look at a database, change it, copy it and serve it.'

const environment: readonly (readonly [name: string, text: string])[] = [
  ['CONVODB_DB', 'The database, as --db says it. A flag goes before the environment.'],
  ['CONVODB_URL', 'The server, as --url says it. Set one of both.'],
  ['CONVODB_API_KEY', "The server's key; the environment is the better place for it than --api-key."],
  ['NO_COLOR', 'Where it is set to anything, nothing is coloured.'],
]

/** convodb(1), made of the commands' own definitions. */
export async function manPage(version: string): Promise<string> {
  const commands = await loadAllCommands()
  return [
    `.TH CONVODB 1 "" "convodb ${text(version)}" "User Commands"`,
    '.SH NAME',
    'convodb \\- an embedded conversation database, in one file',
    '.SH SYNOPSIS',
    '.B convodb',
    '.I command',
    '[options]',
    '.SH DESCRIPTION',
    text(about),
    '.SH COMMANDS',
    ...commands.flatMap((command) => describe(command, 'convodb')),
    '.SH ENVIRONMENT',
    'The options of \\fBserve\\fR may stand there, too: \\-\\-max\\-body\\-bytes is CONVODB_MAX_BODY_BYTES.',
    ...environment.flatMap(([name, meaning]) => entry(name, meaning)),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, meaning]) => entry(String(code), meaning)),
    '.SH SEE ALSO',
    'sqlite3(1), psql(1)',
    '',
  ].join('\n')
}

function describe(command: Command, before: string): string[] {
  const help = new Help()
  const name = `${before} ${command.name()}`
  const shown = help.visibleOptions(command).filter(({ long }) => long !== '--help')
  return [
    `.SS ${text(`${name} ${command.usage().replace('[options] ', '')}`.replace(' [options]', ''))}`,
    text(`${capital(help.commandDescription(command))}.`),
    ...shown.flatMap((option) => entry(help.optionTerm(option), optionDescription(option))),
    ...verbatim(helpTextOf(command)),
    ...command.commands.flatMap((inner) => describe(inner, name)),
  ]
}

/** What stands behind the options in `--help`. */
function helpTextOf(command: Command): string {
  let written = ''
  command.configureOutput({ writeOut: (piece) => (written += piece), getOutHasColors: () => false })
  command.outputHelp()
  return written.slice(command.helpInformation().length).trim()
}

const verbatim = (lines: string): string[] =>
  lines === '' ? [] : ['.PP', '.nf', ...lines.split('\n').map(text), '.fi']

const entry = (term: string, meaning: string): string[] => ['.TP', `\\fB${text(term)}\\fR`, text(meaning)]

const capital = (words: string): string => words.slice(0, 1).toUpperCase() + words.slice(1)

/** Backslashes and dashes as they are; no line is taken for a request. */
const text = (plain: string): string =>
  plain.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('\n', ' ').replace(/^[.']/, '\\&$&')
