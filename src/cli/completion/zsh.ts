import type { CommandWords, OptionWords, Values } from './words.js'

/** A script for zsh, to be sourced or to stand in a folder of $fpath as \`_convodb\`. */
export function zshScript(commands: readonly CommandWords[]): string {
  return `#compdef convodb
# convodb's completion for zsh: source <(convodb completion zsh), behind compinit
_convodb() {
  local line state
  local -a commands
  commands=(
${commands.map(toDescribed).join('')}    'help:show help of a command'
  )
  _arguments -C '(- *)--help[show help]' '(- *)--version[show the version]' '1: :->command' '*:: :->arguments'
  case $state in
    command) _describe command commands ;;
    arguments)
      case $words[1] in
        help) _describe command commands ;;
${commands.map((command) => ofCommand(command, '        ')).join('')}      esac
      ;;
  esac
}
if [ "$funcstack[1]" = "_convodb" ]; then
  _convodb "$@"
else
  compdef _convodb convodb
fi
`
}

const toDescribed = ({ path, about }: CommandWords): string =>
  `    ${quote(`${path.at(-1) ?? ''}:${about.replaceAll(':', '\\:')}`)}\n`

function ofCommand({ path, options, values, inner }: CommandWords, indent: string): string {
  const name = path.at(-1) ?? ''
  if (inner.length === 0) {
    return `${indent}${name}) _arguments ${[...options.map(ofOption), ofArguments(values)].join(' ')} ;;\n`
  }
  return `${indent}${name})
${indent}  local -a inner
${indent}  inner=(
${inner.map((one) => `${indent}  ${toDescribed(one)}`).join('')}${indent}  )
${indent}  _arguments -C '1: :->inner' '*:: :->rest'
${indent}  case $state in
${indent}    inner) _describe command inner ;;
${indent}    rest)
${indent}      case $words[1] in
${inner.map((one) => ofCommand(one, `${indent}        `)).join('')}${indent}      esac
${indent}      ;;
${indent}  esac
${indent}  ;;
`
}

const ofOption = ({ flag, about, values }: OptionWords): string =>
  quote(
    `*${flag}[${about.replaceAll(/[\\\][:]/g, '\\$&')}]${values === undefined ? '' : `:value:${toAction(values)}`}`,
  )

const ofArguments = (values: Values): string => quote(`*:argument:${toAction(values)}`)

const toAction = (values: Values): string =>
  values === 'files' ? '_files' : values === 'free' ? ' ' : `(${values.join(' ')})`

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
