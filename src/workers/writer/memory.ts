import { GatheredMessages } from '../unindexed/gathered-messages.js'
import type { IndexingRound } from '../unindexed/indexing-round.js'
import { GatheredWords } from '../words/gathered-words.js'

/** Keys of one table by their ids, forgotten when there are too many. */
class KeyMemory {
  readonly #keys = new Map<string, number>()

  get(id: string): number | undefined {
    return this.#keys.get(id)
  }

  has(id: string): boolean {
    return this.#keys.has(id)
  }

  set(id: string, key: number): void {
    if (this.#keys.size >= maxRememberedKeys) this.#keys.clear()
    this.#keys.set(id, key)
  }

  delete(id: string): void {
    this.#keys.delete(id)
  }

  clear(): void {
    this.#keys.clear()
  }
}

/** A few hundred bytes each. */
const maxRememberedKeys = 100_000

/**
 * What the writer remembers between statements, so that a message costs one. It must be forgotten whenever the file may
 * have changed behind it: after a rollback, after a lease, and when another connection has committed.
 */
export class WriterMemory {
  readonly channelKeys = new KeyMemory()
  readonly userKeys = new KeyMemory()
  /** The key of the next message, where it is known. */
  nextMessageKey: number | undefined
  /** The last message that is in the places and counters, where it is known. */
  indexedKey: number | undefined
  /** The messages behind it, and the indexing of the first of them that is under way. */
  readonly gatheredMessages = new GatheredMessages()
  round: IndexingRound | undefined
  /** The last message whose words are in the index, where it is known. */
  wordsKey: number | undefined
  /** The words of messages behind it. */
  readonly gatheredWords = new GatheredWords()
  /** How many transactions the file has recorded since it was opened, where it is known. */
  commits: number | undefined
  /** How many messages the last transaction of a caller's stored or changed, as far as its operations tell. */
  lastMessages = 0
  /** SQLite's `data_version` when all this was true. */
  dataVersion: number | undefined

  forget(): void {
    this.channelKeys.clear()
    this.userKeys.clear()
    this.nextMessageKey = undefined
    this.indexedKey = undefined
    this.forgetGathered()
    this.wordsKey = undefined
    this.gatheredWords.clear()
    this.commits = undefined
    this.dataVersion = undefined
  }

  /** What a round has brought into the tables by then stays there, unseen, for whoever indexes it. */
  forgetGathered(): void {
    this.gatheredMessages.clear()
    this.round = undefined
  }
}
