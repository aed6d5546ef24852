import { rowChecksum } from '../connection/checksums.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { risingKey } from '../connection/rising-keys.js'
import { blockLength, blockOf, type ChangedBlock } from '../words/changed-words.js'
import { mergePage } from '../words/merge-page.js'
import type { WordState } from '../words/word-state.js'
import { BlockCollector, type CollectedBlock, type SearchedMessage } from '../words/block-collector.js'
import { pageKeyOf } from '../words/word-collector.js'
import { readLastKey } from './last-message-key.js'

const selectState = `SELECT last_key AS lastKey, changes FROM indexed_words WHERE id = 1`
const updateLastKey = `UPDATE indexed_words SET last_key = ? WHERE id = 1`
// Long texts are read one by one, lest a thousand of them are in memory at once. A range of the primary key.
const selectMessages = `
  SELECT
    message_key AS messageKey, channel_key AS channelKey, timestamp,
    iif(octet_length(content) > 65536, NULL, content) AS content
  FROM main.messages WHERE message_key > :after AND message_key <= :through ORDER BY message_key LIMIT 1000`
const selectContent = `SELECT content FROM main.messages WHERE message_key = ?`
const selectPage = `SELECT words, checksum FROM main.message_words WHERE page_key = ?`
const storePage = `
  INSERT INTO message_words (page_key, words, checksum) VALUES (?, ?, ?)
  ON CONFLICT (page_key) DO UPDATE SET words = excluded.words, checksum = excluded.checksum`
const deletePage = `DELETE FROM message_words WHERE page_key = ?`
const deletePages = `DELETE FROM message_words WHERE page_key >= ? AND page_key < ?`
const selectBlock = `
  SELECT messages, words, earliest, latest, lengths FROM message_blocks WHERE block = ?`
const storeBlock = `
  INSERT INTO message_blocks (block, messages, words, earliest, latest, version, lengths)
  VALUES (:block, :messages, :words, :earliest, :latest, 1, :lengths)
  ON CONFLICT (block) DO UPDATE SET
    messages = excluded.messages, words = excluded.words, earliest = excluded.earliest, latest = excluded.latest,
    version = version + 1, lengths = excluded.lengths`

export const readWordState = (connection: ReadConnection): WordState =>
  connection.get<WordState>(selectState) ?? { lastKey: 0, changes: 0 }

/** The messages of a range of keys, `after` excluded, in order. */
export function* readTexts(
  connection: ReadConnection,
  after: number,
  through: number,
): Generator<SearchedMessage> {
  let last = after
  while (last < through) {
    const rows = connection.all<Omit<SearchedMessage, 'content'> & { content: string | null }>(
      selectMessages,
      {
        after: last,
        through,
      },
    )
    for (const row of rows)
      yield {
        ...row,
        content: row.content ?? connection.column<string>(selectContent, [row.messageKey])[0] ?? '',
      }
    const end = rows.at(-1)
    if (end === undefined) return
    last = risingKey('messages', last, end.messageKey)
  }
}

/** @throws RangeError when the page is damaged */
function readPage(connection: ReadConnection, pageKey: number): Uint8Array | undefined {
  const page = connection.get<{ words: Uint8Array; checksum: number }>(selectPage, [pageKey])
  if (page === undefined) return undefined
  if (rowChecksum(page.words) !== page.checksum)
    throw new RangeError(`The page ${pageKey} of words is damaged`)
  return page.words
}

/** What is known of a block beside its words. */
interface BlockRow {
  messages: number
  words: number
  earliest: number
  latest: number
  lengths: Uint8Array
}

/** Notes the words of a message that was stored. Of two blocks that are whole by now the first is indexed. */
export function gatherWords(
  connection: WriteConnection,
  messageKey: number,
  channelKey: number,
  timestamp: number,
  content: string,
): void {
  if (!connection.words.isOn) return
  const { memory } = connection
  const indexedKey = (memory.wordsKey ??= readWordState(connection).lastKey)
  const areTwoWhole = memory.gatheredWords.add(indexedKey, messageKey, channelKey, timestamp, content)
  if (areTwoWhole) indexBlock(connection, indexedKey, lastKeyOf(blockOf(indexedKey + 1)))
}

/** How many whole blocks of messages there are whose words are not indexed. */
export function countUnindexedBlocks(connection: WriteConnection): number {
  const { memory, words } = connection
  if (!words.isOn) return 0
  const lastIndexed = (memory.wordsKey ??= readWordState(connection).lastKey)
  const nextKey = (memory.nextMessageKey ??= readLastKey(connection) + 1)
  return blockOf(nextKey) - blockOf(lastIndexed + 1)
}

/**
 * Indexes the words of the next block, if there is a whole one that is not indexed: some 10 ms. The idle writer does it; where it is
 * never idle, whoever makes a second one whole. More of them are left by a lease, or while search was off.
 */
export function indexNextBlock(connection: WriteConnection): void {
  if (countUnindexedBlocks(connection) <= 0) return
  const after = connection.memory.wordsKey ?? 0
  indexBlock(connection, after, lastKeyOf(blockOf(after + 1)))
}

const lastKeyOf = (block: number): number => (block + 1) * blockLength - 1

/** Of the keys behind one, up to the last one of a block. */
function indexBlock(connection: WriteConnection, after: number, through: number): void {
  const { memory } = connection
  const collected =
    memory.gatheredWords.take(after, through) ?? collect(readTexts(connection, after, through))
  addWords(connection, blockOf(through), new Set(), collected)
  connection.run(updateLastKey, [through])
  memory.wordsKey = through
}

const collector = new BlockCollector()

function collect(messages: Iterable<SearchedMessage>): CollectedBlock {
  collector.clear()
  collector.addAll(messages)
  return collector.take()
}

/** Of a block that has none. */
function addWords(
  connection: WriteConnection,
  block: number,
  dropped: ReadonlySet<number>,
  collected: CollectedBlock,
): void {
  for (const [page, bytes] of [...collected.pages].toSorted(([one], [other]) => one - other))
    writePage(connection, pageKeyOf(block, page), bytes)
  writeBlock(connection, block, dropped, collected)
}

/** A block anew: the messages are the truth. */
function rebuildBlock(connection: WriteConnection, block: number): void {
  connection.run(deletePages, [pageKeyOf(block, 0), pageKeyOf(block + 1, 0)])
  const messages = readTexts(connection, lastKeyOf(block - 1), lastKeyOf(block))
  const allPlaces = new Set(Array.from({ length: blockLength }, (_, place) => place))
  addWords(connection, block, allPlaces, collect(messages))
}

/** The block as it is without some places, and with what was collected. */
function writeBlock(
  connection: WriteConnection,
  block: number,
  dropped: ReadonlySet<number>,
  collected: CollectedBlock,
): void {
  const found = connection.get<BlockRow>(selectBlock, [block])
  const lengths = found === undefined ? new Uint8Array(blockLength) : Uint8Array.from(found.lengths)
  for (const place of dropped) lengths[place] = 0
  collected.lengths.forEach((length, place) => {
    if (length > 0) lengths[place] = length
  })
  const earliest = Math.min(found?.earliest ?? Infinity, collected.earliest)
  const latest = Math.max(found?.latest ?? -Infinity, collected.latest)
  // Where all messages of a slice were deleted before it there are no times.
  if (earliest > latest) return
  const messages = lengths.reduce((sum, length) => sum + (length > 0 ? 1 : 0), 0)
  const words = lengths.reduce((sum, length) => sum + length, 0)
  connection.run(storeBlock, { block, messages, words, earliest, latest, lengths })
}

function writePage(connection: WriteConnection, key: number, words: Uint8Array | undefined): void {
  if (words === undefined) connection.run(deletePage, [key])
  else connection.run(storePage, [key, words, rowChecksum(words)])
}

/**
 * Mends the index for what a transaction has changed, at its end: what was deleted is in no page any more. A block of which a page is
 * damaged is indexed anew, so that no call fails for it.
 */
export function reindexChangedWords(connection: WriteConnection): void {
  if (connection.words.changed.isEmpty) return
  const { lastKey } = readWordState(connection)
  for (const [block, changed] of connection.words.changed.take()) {
    // It may have been indexed by what was undone since.
    if (lastKeyOf(block) > lastKey) continue
    try {
      reindexBlock(connection, block, changed)
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      rebuildBlock(connection, block)
    }
  }
}

function reindexBlock(connection: WriteConnection, block: number, { places, pages }: ChangedBlock): void {
  const collected = collect(readChanged(connection, block, places))
  for (const page of new Set([...pages, ...collected.pages.keys()])) {
    const key = pageKeyOf(block, page)
    const isDropped = (place: number): boolean => places.has(place)
    writePage(connection, key, mergePage(readPage(connection, key), isDropped, collected.pages.get(page)))
  }
  writeBlock(connection, block, places, collected)
}

/** Those that are still there, in the order of their keys. */
function* readChanged(
  connection: ReadConnection,
  block: number,
  places: ReadonlySet<number>,
): Generator<SearchedMessage> {
  for (const place of [...places].toSorted((one, other) => one - other)) {
    const key = block * blockLength + place
    yield* readTexts(connection, key - 1, key)
  }
}
