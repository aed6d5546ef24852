import type { ImportReport } from '../../importers/import-files.js'
import type { FileReport, ImportCounts, Occurrences } from '../../importers/import-counts.js'
import { formatCount, formatNumberOf, printable } from '../format.js'

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

type Line = readonly [name: string, text: string]

/** What an import did, for people: each file, where there are several, and then all together. */
export function describeImport(report: ImportReport, seconds: number, isDryRun: boolean): string {
  const { files } = report
  const time: Line = ['time', `${seconds.toFixed(1)} s, ${formatCount(countRows(report) / seconds)} rows/s`]
  const [first] = files
  const parts =
    first !== undefined && files.length === 1
      ? [describeFile(first, isDryRun, [time])]
      : [
          ...files.map((file) => describeFile(file, isDryRun, [])),
          `all ${formatNumberOf(files.length, 'file')}\n${align([...linesOf(report, isDryRun), time])}`,
        ]
  return [...parts, ...(isDryRun ? ['A dry run: nothing was stored.'] : [])].join('\n\n')
}

function describeFile(
  { name, format, counts, skipped, leftOut }: FileReport,
  isDryRun: boolean,
  more: readonly Line[],
): string {
  const lines: Line[] = [
    ...linesOf(counts, isDryRun),
    ...occurrences('skipped', skipped),
    ...occurrences('no place for', leftOut),
    ...more,
  ]
  return `${printable(name)} (${format})\n${align(lines)}`
}

/** No word of what only some formats have, where there is none. */
function linesOf(counts: ImportCounts, isDryRun: boolean): Line[] {
  const some = (name: string, count: number, what = ''): Line[] =>
    count === 0 ? [] : [[name, formatCount(count) + what]]
  const messages = isDryRun
    ? formatCount(counts.messagesInserted)
    : `${formatCount(counts.messagesInserted)} inserted, ${formatCount(counts.messagesUpdated)} updated`
  return [
    ['messages', messages],
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
    ...some('problems', counts.problems),
  ]
}

const occurrences = (name: string, counts: Occurrences): Line[] =>
  Object.entries(counts).map(([what, count]) => [
    name,
    `${printable(what)}: ${formatNumberOf(count, 'time')}`,
  ])

function align(lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([name]) => name.length)) + 2
  return lines.map(([name, text]) => `${name}:`.padEnd(width) + text).join('\n')
}
