import { chatgpt } from './chatgpt/chatgpt.js'
import { claude } from './claude/claude.js'
import { discord } from './discord/discord.js'
import type { Format, FormatName, Head } from './format.js'
import { irc } from './irc/irc.js'
import { matrix } from './matrix/matrix.js'
import { mbox } from './mbox/mbox.js'
import { ndjson } from './ndjson.js'
import { python } from './python/python.js'
import { slack } from './slack/slack.js'
import { telegram } from './telegram/telegram.js'
import { whatsapp } from './whatsapp/whatsapp.js'
import { zulip } from './zulip/zulip.js'

/** All formats, in the order in which they are asked whether a file is theirs: those that are surest come first. */
export const formats: { readonly [Name in FormatName]: Format } = {
  python,
  discord,
  slack,
  telegram,
  matrix,
  zulip,
  chatgpt,
  claude,
  mbox,
  irc,
  whatsapp,
  ndjson,
}

/** The format of a file that begins so, or undefined. */
export function formatOfFile(head: Head): FormatName | undefined {
  return Object.values(formats).find((format) => 'recognizes' in format && format.recognizes(head))?.name
}

interface FoundArchive {
  readonly name: FormatName
  /** Those of its files. */
  readonly paths: ReadonlySet<string>
}

/** The archives that files of these paths are, or some of them: one of a format at most. */
export function archivesOfFolder(paths: readonly string[]): readonly FoundArchive[] {
  const archives: FoundArchive[] = []
  let others = paths
  for (const format of Object.values(formats)) {
    const found = 'archiveIn' in format ? format.archiveIn(others) : undefined
    if (found === undefined) continue
    archives.push({ name: format.name, paths: found })
    others = others.filter((path) => !found.has(path))
  }
  return archives
}
