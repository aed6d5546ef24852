import { searchIsNotReady, searchIsOff } from '../../protocol/words/search-scope.js'
import type { ReadConnection } from '../connection/connection.js'
import { readLastKey } from '../tables/last-message-key.js'
import { readWordState } from '../tables/message-words.js'
import { blockLength } from '../words/changed-words.js'
import { IndexedBlocks } from './indexed-blocks.js'
import { listUnindexedBlocks } from './unindexed-blocks.js'
import type { WordBlock } from './word-blocks.js'

/** Of so many messages a reader collects the words by itself, in some 50 ms. */
const maxUnindexed = 4 * blockLength

/** What there is to search. */
export interface SearchedBlocks {
  readonly blocks: readonly WordBlock[]
  /** The snapshot's last message. */
  readonly lastKey: number
  /** Reads these pages of some blocks together. */
  readAhead(blocks: readonly WordBlock[], pages: readonly number[]): void
}

/**
 * The words of all messages of the snapshot that may be of a period: those of the index, and what is not in it yet.
 *
 * @throws SEARCH_OFF, SEARCH_NOT_READY
 */
export function readBlocks(
  connection: ReadConnection,
  period: { readonly after: number; readonly before: number },
): SearchedBlocks {
  if (!connection.words.isOn) throw searchIsOff()
  const state = readWordState(connection)
  const lastKey = readLastKey(connection)
  if (lastKey - state.lastKey > maxUnindexed)
    throw searchIsNotReady(connection.scope.isHeld, state.lastKey, lastKey)
  const indexed = new IndexedBlocks(connection, period)
  const blocks = [...indexed.blocks, ...listUnindexedBlocks(connection, state, lastKey)]
  return { blocks, lastKey, readAhead: (some, pages) => indexed.readAhead(some, pages) }
}
