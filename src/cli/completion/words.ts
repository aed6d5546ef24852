import type { Argument, Command, Option } from 'commander'

/** What can stand somewhere: files, some words, or what nobody can guess. */
export type Values = 'files' | 'free' | readonly string[]

export interface OptionWords {
  readonly flag: string
  readonly about: string
  /** Of its value; undefined where it takes none. */
  readonly values: Values | undefined
}

/** What can be completed behind a command. */
export interface CommandWords {
  /** Its words, `['keys', 'create']`. */
  readonly path: readonly string[]
  readonly about: string
  readonly options: readonly OptionWords[]
  /** Of its arguments. */
  readonly values: Values
  readonly inner: readonly CommandWords[]
}

/** Reads off a command what its shell may offer. */
export function wordsOf(command: Command, before: readonly string[] = []): CommandWords {
  const path = [...before, command.name()]
  const [argument] = command.registeredArguments
  return {
    path,
    about: firstLine(command.summary() || command.description()),
    options: [...command.options.filter(({ hidden }) => !hidden).map(ofOption), helpOption],
    values: argument === undefined ? 'free' : ofArgument(argument),
    inner: command.commands.map((inner) => wordsOf(inner, path)),
  }
}

const helpOption: OptionWords = { flag: '--help', about: 'show help', values: undefined }

/** With all that stand below it. */
export const withInner = (command: CommandWords): readonly CommandWords[] => [
  command,
  ...command.inner.flatMap(withInner),
]

function ofOption(option: Option): OptionWords {
  const takesValue = option.required || option.optional
  return {
    flag: option.long ?? option.short ?? '',
    about: firstLine(option.description),
    values: takesValue ? (option.argChoices ?? kindOf(option.flags)) : undefined,
  }
}

const ofArgument = (argument: Argument): Values =>
  argument.argChoices ?? (kindOf(argument.name()) === 'files' ? 'files' : 'free')

/** By the place holder: `<file or URL>`. */
const kindOf = (placeHolder: string): 'files' | 'free' =>
  /\bfiles?\b|\bfolder\b/.test(placeHolder) ? 'files' : 'free'

const firstLine = (text: string): string => text.split('\n')[0] ?? ''
