import type { ImportCounts } from '../../importers/import-run.js'
import { formatCount } from '../format.js'

/** What an import did, for people. */
export function describeImport(counts: ImportCounts, seconds: number): string {
  const { messagesInserted, messagesUpdated, forgottenMessages, channels, segments, badLines } = counts
  const rows = messagesInserted + messagesUpdated + channels + segments
  const ignored = `ignored:   ${formatCount(forgottenMessages)}, whose users were forgotten on request`
  return [
    `messages:  ${formatCount(messagesInserted)} inserted, ${formatCount(messagesUpdated)} updated`,
    ...(forgottenMessages > 0 ? [ignored] : []),
    `channels:  ${formatCount(channels)}`,
    `segments:  ${formatCount(segments)}`,
    `bad lines: ${formatCount(badLines)}`,
    `time:      ${seconds.toFixed(1)} s, ${formatCount(rows / seconds)} rows/s`,
  ].join('\n')
}
