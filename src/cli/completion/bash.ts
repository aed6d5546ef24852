import { withInner, type CommandWords, type Values } from './words.js'

/** A script for bash, 3.2 and later. Words in it are of letters and dashes alone. */
export function bashScript(commands: readonly CommandWords[]): string {
  const all = commands.flatMap(withInner)
  return `# convodb's completion for bash: source <(convodb completion bash)
_convodb() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  # --order=asc comes as three words.
  if [ "$current" = "=" ]; then
    current=""
  elif [ "$previous" = "=" ]; then
    previous="\${COMP_WORDS[COMP_CWORD - 2]}"
  fi
  local command="" words="" values="words"
  if [ "$COMP_CWORD" -gt 1 ]; then command="\${COMP_WORDS[1]}"; fi
  case "$command" in
${parents(commands)}  esac
  case "$command" in
    "") words="${commands.map(({ path }) => path.join(' ')).join(' ')} help --help --version" ;;
    help) words="${commands.map(({ path }) => path.join(' ')).join(' ')}" ;;
${all.map(ofCommand).join('')}  esac
  case "$command $previous" in
${all.flatMap(ofOptions).join('')}    *)
      # Files come where no option is begun.
      case "$values $current" in "files -"*) values="words" ;; esac
      ;;
  esac
  COMPREPLY=()
  # Where nothing is offered, files are, by "-o default".
  if [ "$values" = "files" ]; then return; fi
  compopt +o default 2>/dev/null
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _convodb convodb
`
}

/** Commands with commands of their own: \`keys\`, and \`keys create\` where that stands before. */
const parents = (commands: readonly CommandWords[]): string =>
  commands
    .filter(({ inner }) => inner.length > 0)
    .map(
      ({ path: [name = ''] }) =>
        `    ${name}) if [ "$COMP_CWORD" -gt 2 ]; then command="${name} \${COMP_WORDS[2]}"; fi ;;\n`,
    )
    .join('')

function ofCommand({ path, options, values, inner }: CommandWords): string {
  const flags = options.map(({ flag }) => flag)
  const words = [...inner.map((one) => one.path.at(-1) ?? ''), ...flags].join(' ')
  const choices = typeof values === 'string' ? '' : `${values.join(' ')} `
  const kind = values === 'files' ? '; values="files"' : ''
  return `    "${path.join(' ')}") words="${choices}${words}"${kind} ;;\n`
}

const ofOptions = ({ path, options }: CommandWords): string[] =>
  options.flatMap(({ flag, values }) =>
    values === undefined ? [] : [`    "${path.join(' ')} ${flag}") ${toAssignment(values)} ;;\n`],
  )

const toAssignment = (values: Values): string =>
  values === 'files'
    ? 'values="files"'
    : `values="words"; words="${values === 'free' ? '' : values.join(' ')}"`
