import { join } from 'node:path'
import { expect, it } from 'vitest'
import { packBatch } from '../../src/protocol/batch.js'
import { operationMessage } from '../../src/protocol/messages.js'
import type { WriteMessage } from '../../src/protocol/requests.js'
import { SharedAnswers } from '../../src/protocol/shared-answers.js'
import { openWriteConnection } from '../../src/workers/connection/open.js'
import { commitBatches } from '../../src/workers/writer/group-commit.js'
import { message, temporaryFolder } from '../support/databases.js'

const settings = { create: true, readOnly: false, durability: 'full' } as const
const limits = { busyTimeoutMs: 1_000, cacheSizeKib: 4_096, walAutocheckpointPages: 4_000 }

function store(messageId: string, content: string) {
  const { channelId, userId } = message(messageId)
  return operationMessage('storeMessage', { messageId, channelId, userId, content, timestamp: 1 })
}

/** A group between two calls of other callers, in a file that can grow by so many pages. */
async function commitBeside(group: WriteMessage, pages: number) {
  const path = join(await temporaryFolder(), 'chat.db')
  const connection = openWriteConnection({ ...settings, ...limits, path })
  try {
    connection.pragma(`max_page_count = ${Number(connection.pragma('page_count')) + pages}`)
    const items = packBatch([store('before', 'x'), group, store('after', 'x')])
    const [answer = []] = commitBatches(connection, [
      { source: 1, batch: 1, items, answers: new SharedAnswers() },
    ])
    const stored = connection.column<string>('SELECT message_id FROM messages ORDER BY message_key')
    return { outcomes: answer === 'inserted' ? [] : [...answer], stored }
  } finally {
    connection.close()
  }
}

it('a full disk that a group meets is told to all alike: it is no operation’s', async () => {
  const long = store('long', 'x'.repeat(1_000_000))
  const { outcomes, stored } = await commitBeside(
    { name: 'group', operations: [store('first', 'x'), long] },
    20,
  )
  expect(stored).toEqual([])
  expect(outcomes).toHaveLength(3)
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ ok: false, error: { code: 'DISK_FULL' } })
    expect(JSON.stringify(outcome)).not.toContain('operations[')
  }
})

it('a group in which one fails is told which, and its neighbours are stored', async () => {
  const none = operationMessage('updateMessage', { messageId: 'none', content: 'x' })
  const { outcomes, stored } = await commitBeside(
    { name: 'group', operations: [store('first', 'x'), none] },
    100,
  )
  expect(stored).toEqual(['before', 'after'])
  expect(outcomes[1]).toMatchObject({
    ok: false,
    error: { code: 'NOT_FOUND', details: { index: 1, operation: 'updateMessage' } },
  })
})
