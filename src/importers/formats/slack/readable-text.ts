import type { MentionMetadata } from '../metadata.js'
import type { SlackNames } from './users.js'

/** What stands between `<` and `>`: a mention, a channel, a command or a link, maybe with a label (https://api.slack.com/reference/surfaces/formatting). */
const marks = /<(?<kind>[@#!]?)(?<target>[^<>|]+)(?:\|(?<label>[^<>]*))?>/g

/** A text of Slack's as people saw it. */
export function readable(text: string, names: SlackNames): string {
  const replaced = text.replaceAll(marks, (...found) => {
    const groups: unknown = found.at(-1)
    return isMark(groups) ? show(groups, names) : String(found[0])
  })
  return replaced.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

interface Mark {
  readonly kind: string
  readonly target: string
  readonly label: string | undefined
}

const isMark = (groups: unknown): groups is Mark =>
  typeof groups === 'object' && groups !== null && 'target' in groups

function show({ kind, target, label }: Mark, names: SlackNames): string {
  if (kind === '@') return `@${nameOf(target, label, names)}`
  if (kind === '#')
    return `#${label === undefined || label === '' ? (names.channels.get(target) ?? target) : label}`
  if (kind === '!') return label ?? `@${target.split('^')[0]}`
  return label ?? target
}

function nameOf(userId: string, label: string | undefined, names: SlackNames): string {
  const user = names.users.get(userId)
  return user?.displayName ?? user?.name ?? label ?? userId
}

/** Who is mentioned, each once. */
export function mentionsIn(text: string, names: SlackNames): MentionMetadata[] {
  const mentions = new Map<string, MentionMetadata>()
  for (const { groups } of text.matchAll(marks)) {
    const userId = groups?.['target']
    if (groups?.['kind'] !== '@' || userId === undefined) continue
    mentions.set(userId, { userId, name: nameOf(userId, groups['label'], names) })
  }
  return [...mentions.values()]
}
