import { readTexts, readWordState } from '../../tables/message-words.js'
import { BlockCollector, type CollectedBlock } from '../../words/block-collector.js'
import { blockLength, blockOf } from '../../words/changed-words.js'
import { readWords } from '../../words/merge-page.js'
import { pageKeyOf } from '../../words/word-collector.js'
import type { Check, Inspection } from './inspection.js'

// Ranges of primary keys.
const selectPages = `
  SELECT page_key AS pageKey, words FROM message_words WHERE page_key >= ? AND page_key < ? ORDER BY page_key`
const selectBlock = `
  SELECT messages, words, earliest, latest, lengths FROM message_blocks WHERE block = ?`
const selectPagesBehind = `SELECT page_key AS key FROM message_words WHERE page_key >= ? OR page_key < 0 LIMIT ?`
const selectBlocksBehind = `SELECT block AS key FROM message_blocks WHERE block > ? OR block < 0 LIMIT ?`

interface PageRow {
  readonly pageKey: number
  readonly words: Uint8Array
}

interface BlockRow {
  readonly messages: number
  readonly words: number
  readonly earliest: number
  readonly latest: number
  readonly lengths: Uint8Array
}

/** The index of words against the texts of the messages, block by block, both ways. */
export const words: Check = {
  name: 'words',
  snapshot: 'slice',
  run(inspection) {
    const { lastKey } = readWordState(inspection.connection)
    const lastBlock = lastKey === 0 ? -1 : blockOf(lastKey)
    for (let block = 0; block <= lastBlock && !inspection.hasMoreProblems; block += 1) {
      compareBlock(inspection, block)
      inspection.noteShare((block + 1) / (lastBlock + 1))
      inspection.endSlice()
    }
    reportBehind(inspection)
  },
}

const collector = new BlockCollector()

function compareBlock(inspection: Inspection, block: number): void {
  const { connection } = inspection
  // Of this slice: a writer may have gone on.
  const { lastKey } = readWordState(connection)
  const before = block * blockLength - 1
  collector.clear()
  collector.addAll(readTexts(connection, before, Math.min(lastKey, before + blockLength)))
  const expected = collector.take()
  if (!isSameBlock(connection.get<BlockRow>(selectBlock, [block]), expected))
    inspection.report({
      table: 'message_blocks',
      key: String(block),
      message: 'It is not what its messages say',
    })
  comparePages(inspection, block, expected)
}

function isSameBlock(found: BlockRow | undefined, expected: CollectedBlock): boolean {
  if (found === undefined) return expected.messages === 0
  // Times may be of messages that are gone.
  return (
    found.messages === expected.messages &&
    found.words === expected.words &&
    Buffer.from(found.lengths).equals(expected.lengths) &&
    !(found.earliest > expected.earliest) &&
    !(found.latest < expected.latest)
  )
}

function comparePages(inspection: Inspection, block: number, { pages }: CollectedBlock): void {
  const expected = new Map([...pages].map(([page, bytes]) => [pageKeyOf(block, page), bytes]))
  const range = [pageKeyOf(block, 0), pageKeyOf(block + 1, 0)]
  for (const { pageKey, words: page } of inspection.connection.all<PageRow>(selectPages, range)) {
    if (canonical(page) !== canonical(expected.get(pageKey)))
      reportPage(inspection, pageKey, 'It does not have the words of its messages')
    expected.delete(pageKey)
  }
  for (const pageKey of expected.keys()) reportPage(inspection, pageKey, 'It is missing')
}

const reportPage = (inspection: Inspection, pageKey: number, message: string): void =>
  inspection.report({ table: 'message_words', key: String(pageKey), message })

/** Words stand on a page in whatever order they came. */
function canonical(page: Uint8Array | undefined): string {
  try {
    const lines = [...readWords(page)].map(([word, { places, repeats }]) => `${word} ${places} ${repeats}`)
    return lines.toSorted().join('\n')
  } catch {
    return 'damaged'
  }
}

/** What the index has of messages that it should not have yet. */
function reportBehind(inspection: Inspection): void {
  const { connection, room } = inspection
  const { lastKey } = readWordState(connection)
  const next = lastKey === 0 ? 0 : blockOf(lastKey) + 1
  const pages = connection.all<{ key: number }>(selectPagesBehind, [pageKeyOf(next, 0), room])
  inspection.reportRows('message_words', pages, 'No indexed message belongs to it')
  const blocks = connection.all<{ key: number }>(selectBlocksBehind, [next - 1, room])
  inspection.reportRows('message_blocks', blocks, 'No indexed message belongs to it')
}
