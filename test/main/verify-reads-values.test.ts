import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DatabaseManager, Message, NewMessage } from 'convodb'
import { describe, expect, it } from 'vitest'
import { damagedCopy } from '../support/damaged-file.js'
import { expectError, message, temporaryDatabase, temporaryFolder } from '../support/databases.js'

const verifying = { verifyReads: true, readers: 1, scrubRowsPerSecond: 0 } as const
const trusting = { readers: 1, scrubRowsPerSecond: 0 } as const

async function fileOf(messages: readonly NewMessage[]): Promise<string> {
  const path = join(await temporaryFolder(), 'chat.db')
  const db = await temporaryDatabase({ readers: 1 }, path)
  await db.addMessages(messages)
  await db.close()
  return path
}

type Read = { readonly served: Message | undefined } | { readonly error: unknown }

const readOne = async (db: DatabaseManager, id: string): Promise<Read> =>
  db.getMessagesByIds([id]).then(
    ([served]) => ({ served }),
    (error: unknown) => ({ error }),
  )

const isServed = (read: Read): read is { readonly served: Message | undefined } => 'served' in read

describe('one flipped bit, anywhere in the record of a message', () => {
  // A header of 12 bytes (its size and 11 types), the id, two keys, and then what is flipped as well.
  const headerBytes = 12
  const idBytes = 4
  const bytesBehindId = 60
  const places = Array.from({ length: headerBytes + bytesBehindId }, (_, n) =>
    n < headerBytes ? n - headerBytes : n - headerBytes + idBytes,
  )
  const flips = places.flatMap((place) => [0, 3, 5].map((bit) => ({ place, bit })))
  const rows = flips.map((_, n) =>
    message(`m${100 + n}`, {
      content: `text of number ${100 + n}`,
      timestamp: 1_700_000_000_000 + n,
      metadata: { score: n, word: 'twenty letters or so' },
    }),
  )

  async function flippedFile(path: string): Promise<string> {
    const copy = await damagedCopy(path)
    const bytes = await readFile(copy)
    flips.forEach(({ place, bit }, n) => {
      // The record's own id, not the index' or another's text: it stands before the text.
      const text = bytes.indexOf(`text of number ${100 + n}`)
      const id = bytes.lastIndexOf(`m${100 + n}`, text)
      const at = id + place
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
    })
    await writeFile(copy, bytes)
    return copy
  }

  it('is refused or does not matter, and without verifyReads most are served', async () => {
    const whole = await fileOf(rows)
    const intact = await temporaryDatabase({ ...trusting, readOnly: true }, whole)
    const stored = new Map(
      (await intact.getMessagesByIds(rows.map(({ messageId }) => messageId))).map((row) => [
        row.messageId,
        row,
      ]),
    )
    const path = await flippedFile(whole)
    const [careful, careless] = await Promise.all([
      temporaryDatabase({ ...verifying, readOnly: true }, path),
      temporaryDatabase({ ...trusting, readOnly: true }, path),
    ])
    let refused = 0
    let wrong = 0
    for (const { messageId } of rows) {
      const read = await readOne(careful, messageId)
      if (isServed(read)) expect(read.served).toEqual(stored.get(messageId))
      else expect(read.error).toMatchObject({ code: 'CORRUPT' })
      if (!isServed(read)) refused += 1
      const control = await readOne(careless, messageId)
      if (isServed(control) && JSON.stringify(control.served) !== JSON.stringify(stored.get(messageId)))
        wrong += 1
    }
    expect(refused).toBeGreaterThan(rows.length * 0.9)
    expect(wrong).toBeGreaterThan(rows.length / 2)
  })
})

describe('a value that was changed', () => {
  const long = 'long '.repeat(100_000)
  const stored: Readonly<Record<string, Partial<NewMessage>>> = {
    plain: {},
    empty: { content: '' },
    'beyond ASCII': { content: 'é 漢字 😀 \\ " \n' },
    bare: { replyToMessageId: null, editedAt: null, metadata: null },
    full: { messageType: 'note', replyToMessageId: 'plain', editedAt: 5, metadata: { a: 1 } },
    long: { content: long, metadata: { a: long } },
  }
  const ids = Object.keys(stored)
  /** By id, so that each change has a message of its own. */
  const changes: readonly (readonly [kind: string, set: string])[] = [
    ['plain', `content = 'hellp'`],
    ['plain', `content = content || char(0)`],
    ['plain', `content = ''`],
    ['plain', `content = CAST(x'68656cff6f' AS TEXT)`],
    ['plain', `timestamp = timestamp + 4294967296`],
    ['plain', `message_type = 'messagf'`],
    ['plain', `user_key = 1`],
    ['plain', `channel_key = 2`],
    ['plain', `checksum = checksum + 1`],
    ['plain', `checksum = -1`],
    ['empty', `content = ' '`],
    ['beyond ASCII', `content = replace(content, 'é', 'è')`],
    ['bare', `metadata = '{}'`],
    ['bare', `reply_to_message_id = ''`],
    ['bare', `edited_at = 0`],
    ['full', `metadata = '{"a":2}'`],
    ['full', `metadata = NULL`],
    ['full', `reply_to_message_id = NULL`],
    ['full', `edited_at = 6`],
    ['full', `edited_at = NULL`],
    ['long', `content = substr(content, 1, 300000) || 'L' || substr(content, 300002)`],
    ['long', `metadata = replace(metadata, 'long "', 'lonh "')`],
  ]

  it('is refused, whatever it was, by whichever call reads it; all others are given as they were', async () => {
    const rows = [
      ...ids.map((id) => message(id, stored[id])),
      ...changes.map(([kind], n) => message(`changed ${n}`, { ...stored[kind], userId: 'grace' })),
    ]
    const original = await fileOf(rows)
    const path = await damagedCopy(
      original,
      changes.map(([, set], n) => `UPDATE messages SET ${set} WHERE message_id = 'changed ${n}'`).join(';'),
    )
    const db = await temporaryDatabase(verifying, path)
    for (const id of ids) {
      const [given] = await db.getMessagesByIds([id])
      expect(given?.content).toBe(message(id, stored[id]).content)
      expect(given?.metadata ?? null).toEqual(stored[id]?.metadata ?? null)
    }
    for (const n of changes.keys()) {
      await expectError(db.getMessagesByIds([`changed ${n}`]), 'CORRUPT', { messageId: `changed ${n}` })
    }
  })
})
