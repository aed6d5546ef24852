import { ConvoDbError } from '../../protocol/errors.js'
import type { ReadConnection } from '../connection/connection.js'
import { readLastKey } from '../tables/last-message-key.js'
import { readWordState } from '../tables/message-words.js'
import { blockLength } from '../words/changed-words.js'
import { listIndexedBlocks } from './indexed-blocks.js'
import { listUnindexedBlocks } from './unindexed-blocks.js'
import type { WordBlock } from './word-blocks.js'

/** Of so many messages a reader collects the words by itself, in some 50 ms. */
const maxUnindexed = 4 * blockLength

/**
 * The words of all messages of the snapshot that may be of a period: those of the index, and what is not in it yet.
 *
 * @throws SEARCH_OFF, SEARCH_NOT_READY
 */
export function readBlocks(
  connection: ReadConnection,
  period: { readonly after: number; readonly before: number },
): { readonly blocks: WordBlock[]; readonly lastKey: number } {
  if (!connection.words.isOn) {
    throw new ConvoDbError(
      'SEARCH_OFF',
      'The database was opened with search: false, so words can not be searched',
    )
  }
  const state = readWordState(connection)
  const lastKey = readLastKey(connection)
  if (lastKey - state.lastKey > maxUnindexed) {
    throw new ConvoDbError(
      'SEARCH_NOT_READY',
      `The words of ${state.lastKey} of ${lastKey} messages are indexed; search when all are`,
      { indexedMessages: state.lastKey, messages: lastKey },
    )
  }
  const unindexed = listUnindexedBlocks(connection, state, lastKey)
  return { blocks: [...listIndexedBlocks(connection, period), ...unindexed], lastKey }
}
