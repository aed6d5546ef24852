/** Which channel a log is of. */
export interface LogName {
  readonly network: string | undefined
  readonly channel: string
}

/** A date and a number that are put behind a name when logs are rotated, and what files are called. */
const endings = /(?:[._-]?\d{4}-?\d{2}(?:-?\d{2})?)?(?:\.(?:log|txt|weechatlog))?(?:\.\d+)?(?:\.gz)?$/i

/**
 * The channel by a file's path inside what was given: `libera/#chan.log`, `irc.libera.#chan.weechatlog`. A folder that it is in is named
 * after the network, as irssi does it.
 */
export function logNameOf(path: string): LogName {
  const folders = path.split('/')
  const file = folders.pop() ?? path
  const bare = file.replace(endings, '')
  const name = bare === '' ? file : bare
  if (!name.startsWith('irc.')) return { network: folders.at(-1), channel: name }
  const rest = name.slice('irc.'.length)
  const marked = rest.search(/\.[#&!+]/)
  const end = marked === -1 ? rest.indexOf('.') : marked
  return end === -1
    ? { network: undefined, channel: rest }
    : { network: rest.slice(0, end), channel: rest.slice(end + 1) }
}
