import type { ImportCounts } from '../../importers/import-run.js'
import { formatCount } from '../format.js'

/** How many rows of all kinds are in. */
export const countRows = (counts: ImportCounts): number =>
  counts.messagesInserted +
  counts.messagesUpdated +
  counts.channels +
  counts.users +
  counts.profiles +
  counts.versions +
  counts.reactions +
  counts.segments +
  counts.embeddings +
  counts.forgottenUsers

/** What an import did, for people; no word of what only an export has where there is none. */
export function describeImport(counts: ImportCounts, seconds: number): string {
  const some = (name: string, count: number, what = ''): [string, string][] =>
    count === 0 ? [] : [[name, formatCount(count) + what]]
  const lines: [string, string][] = [
    [
      'messages',
      `${formatCount(counts.messagesInserted)} inserted, ${formatCount(counts.messagesUpdated)} updated`,
    ],
    ...some('ignored', counts.ignoredLines, ', whose users were forgotten on request'),
    ['channels', formatCount(counts.channels)],
    ['segments', formatCount(counts.segments)],
    ...some('users', counts.users),
    ...some('profiles', counts.profiles),
    ...some('former texts', counts.versions),
    ...some('reactions', counts.reactions),
    ...some('embeddings', counts.embeddings),
    ...some('forgotten', counts.forgottenUsers, ' users'),
    ['bad lines', formatCount(counts.badLines)],
    ['time', `${seconds.toFixed(1)} s, ${formatCount(countRows(counts) / seconds)} rows/s`],
  ]
  const width = Math.max(...lines.map(([name]) => name.length)) + 2
  return lines.map(([name, text]) => `${name}:`.padEnd(width) + text).join('\n')
}
