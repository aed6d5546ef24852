import { withInner, type CommandWords, type OptionWords, type Values } from './words.js'

/** A script for fish. */
export function fishScript(commands: readonly CommandWords[]): string {
  return `# convodb's completion for fish: convodb completion fish | source
function __convodb_is
    set -l words (commandline -opc)
    set -e words[1]
    for name in $argv
        test "$words[1]" = "$name"; or return 1
        set -e words[1]
    end
end
function __convodb_begins
    test (count (commandline -opc)) -eq 1
end
function __convodb_has_one
    test (count (commandline -opc)) -eq 2
end
complete -c convodb -f
complete -c convodb -n __convodb_begins -l help -d 'show help'
complete -c convodb -n __convodb_begins -l version -d 'show the version'
complete -c convodb -n __convodb_begins -a help -d 'show help of a command'
${commands.map(ofName).join('')}${commands.flatMap(withInner).map(ofCommand).join('')}`
}

function ofName({ path: [name = ''], about, inner }: CommandWords): string {
  const named = `-a ${name} -d ${quote(about)}\n`
  const below = inner.map(
    (one) =>
      `complete -c convodb -n '__convodb_is ${name}; and __convodb_has_one' -a ${one.path.at(-1) ?? ''} -d ${quote(one.about)}\n`,
  )
  return `complete -c convodb -n __convodb_begins ${named}complete -c convodb -n '__convodb_is help' ${named}${below.join('')}`
}

function ofCommand({ path, options, values }: CommandWords): string {
  const condition = `complete -c convodb -n '__convodb_is ${path.join(' ')}'`
  const argument = values === 'free' ? '' : `${condition} ${toValues(values)}\n`
  return `${options.map((option) => `${condition} ${ofOption(option)}\n`).join('')}${argument}`
}

const ofOption = ({ flag, about, values }: OptionWords): string =>
  `-l ${flag.replace(/^--/, '')} -d ${quote(about)}${values === undefined ? '' : ` ${values === 'files' ? '-r -F' : `-x ${toValues(values)}`}`}`

const toValues = (values: Values): string =>
  values === 'files' ? '-F' : values === 'free' ? '' : `-a '${values.join(' ')}'`

const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
