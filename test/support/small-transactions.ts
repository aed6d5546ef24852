import { expect } from 'vitest'
import { packBatch, type BatchAnswer } from '../../src/protocol/batch.js'
import { operationMessage } from '../../src/protocol/messages.js'
import type { WriteMessage } from '../../src/protocol/requests.js'
import { SharedAnswers } from '../../src/protocol/shared-answers.js'
import type { Connection } from '../../src/workers/connection/connection.js'
import { openWriteConnection } from '../../src/workers/connection/open.js'
import { commitBatches, commitTidying, isTidyingDue } from '../../src/workers/writer/group-commit.js'

const settings = { create: true, readOnly: false, durability: 'normal', search: true } as const
const limits = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }

/** Not in the order in which they are stored, and some have one time. */
export const timeOf = (n: number): number => (n * 7) % 4_001

/** The writer's connection and what it does with it, one transaction after another, each as large as the test says. */
export class SmallTransactions {
  readonly connection: Connection
  #stored = 0

  constructor(path: string) {
    this.connection = openWriteConnection({ ...settings, ...limits, path })
  }

  /** How many were stored by `store`; they are m0, m1, .. */
  get stored(): number {
    return this.#stored
  }

  commit(operations: readonly WriteMessage[]): BatchAnswer | undefined {
    const items = packBatch(operations)
    return commitBatches(this.connection, [{ source: 1, batch: 1, items, answers: new SharedAnswers() }])[0]
  }

  /** Stores `count` messages more, so many a transaction, in the channels and by the users given. */
  store(count: number, together: number, { channels = 1, users = 1 } = {}): void {
    for (const end = this.#stored + count; this.#stored < end;) {
      const first = this.#stored
      this.#stored = Math.min(end, first + together)
      const messages = Array.from({ length: this.#stored - first }, (_, index) => {
        const n = first + index
        return operationMessage('storeMessage', {
          messageId: `m${n}`,
          channelId: `c${n % channels}`,
          userId: `u${n % users}`,
          content: `word${n}`,
          timestamp: timeOf(n),
          messageType: n % 10 === 0 ? 'joined' : 'message',
        })
      })
      expect(this.commit(messages)).toBe('inserted')
    }
  }

  one<Value>(sql: string): Value | undefined {
    return this.connection.column<Value>(sql)[0]
  }

  get unindexedMessages(): number {
    return Number(
      this.one(
        'SELECT (SELECT max(message_key) FROM messages) - (SELECT last_key FROM indexed_messages WHERE id = 1)',
      ),
    )
  }

  get isTidyingDue(): boolean {
    return isTidyingDue(this.connection)
  }

  /** As the writer does while nothing waits; tells how often. */
  tidy(): number {
    let steps = 0
    for (; this.isTidyingDue; steps += 1)
      expect(commitTidying(this.connection)).toEqual({ ok: true, value: undefined })
    return steps
  }
}
