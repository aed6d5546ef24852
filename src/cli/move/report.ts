import { formatCount, formatNumberOf, printable } from '../format.js'
import type { Difference, Digests } from './digests.js'

const mostNamed = 20

/** Says on standard output how a move goes on. */
export interface Report {
  /** All of it is there, and nobody follows. */
  moved(source: Digests): void
  /** Writers may start at the target. */
  switchedOver(messages: number): void
  /** What changes do not tell of is there, too. */
  restMoved(): void
  differences(differences: readonly Difference[]): void
}

const print = (text: string): void => void process.stdout.write(text)

/** In words. */
export const reportInWords: Report = {
  moved: (source) => print(describeMoved(source)),
  switchedOver: (messages) =>
    print(
      `Switched over: ${formatNumberOf(messages, 'message')}, as many in each channel. Writers may start at the target.\n`,
    ),
  restMoved: () => print('Moved: embeddings, former texts and reactions are there, too.\n'),
  differences: (differences) => print(describeDifferences(differences)),
}

const printJson = (line: object): void => print(`${JSON.stringify(line)}\n`)

/** As NDJSON. */
export const reportInJson: Report = {
  moved: (source) => printJson({ event: 'moved', rows: Object.fromEntries(rowsOf(source)) }),
  switchedOver: (messages) => printJson({ event: 'switchedOver', messages }),
  restMoved: () => printJson({ event: 'restMoved' }),
  differences: (differences) => printJson({ event: 'different', differences }),
}

function rowsOf(source: Digests): ReadonlyMap<string, number> {
  const rows = new Map<string, number>()
  for (const { kind, count } of source.values()) rows.set(kind, (rows.get(kind) ?? 0) + count)
  return rows
}

/** How many rows of each kind there are, all of them on both sides. */
function describeMoved(source: Digests): string {
  const rows = rowsOf(source)
  const width = Math.max(...[...rows.keys()].map((kind) => kind.length), 0) + 2
  const lines = [...rows].map(([kind, count]) => `${`${kind}:`.padEnd(width)}${formatCount(count)}\n`)
  return `Moved, and compared row by row: counts and checksums of all channels are equal.\n${lines.join('')}`
}

function describeDifferences(differences: readonly Difference[]): string {
  const named = differences.slice(0, mostNamed).map(({ kind, channelId, sourceRows, targetRows }) => {
    const where = channelId === undefined ? '' : ` of channel '${printable(channelId)}'`
    return `${kind}${where}: ${formatCount(sourceRows)} in the source, ${formatCount(targetRows)} in the target\n`
  })
  const others = differences.length - named.length
  return `These differ:\n${named.join('')}${others > 0 ? `and ${formatCount(others)} others\n` : ''}`
}
