import { createWriteStream } from 'node:fs'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { runCli } from './run-cli.js'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})

const fixtures = resolve('test', 'importers', 'fixtures')
const padded = (n: number): string => `message ${n} `.padEnd(500, 'x')
const startMs = 1_700_000_000_000

/** A list in JSON. */
function* list(count: number, item: (n: number) => unknown): Generator<string> {
  yield '['
  for (let n = 0; n < count; n += 1) yield (n === 0 ? '' : ',') + JSON.stringify(item(n))
  yield ']'
}

/** What each format writes of so many messages: files and their parts. */
const archives: Record<string, (count: number) => Record<string, () => Generator<string>>> = {
  whatsapp: (count) => ({
    'WhatsApp Chat with Ada.txt': function* chat() {
      for (let n = 0; n < count; n += 1) {
        const time = new Date(startMs + n * 60_000).toISOString()
        yield `${time.slice(8, 10)}/${time.slice(5, 7)}/${time.slice(0, 4)}, ${time.slice(11, 16)} - Ada ${n % 50}: ${padded(n)}\n`
      }
    },
  }),
  irc: (count) => ({
    '#garden.weechatlog': function* log() {
      for (let n = 0; n < count; n += 1) {
        const time = new Date(startMs + n * 1_000).toISOString()
        yield `${time.slice(0, 10)} ${time.slice(11, 19)}\tada${n % 50}\t${padded(n)}\n`
      }
    },
  }),
  telegram: (count) => ({
    'result.json': function* result() {
      yield '{"name":"a","type":"private_supergroup","id":1,"messages":'
      yield* list(count, (n) => ({
        id: n,
        type: n === 0 ? 'service' : 'message',
        date_unixtime: String(startMs / 1_000 + n),
        from: 'Ada',
        from_id: `user${n % 50}`,
        ...(n === 0 ? { action: 'topic_created', title: 'all' } : { reply_to_message_id: n - 1 }),
        text: padded(n),
      }))
      yield '}'
    },
  }),
  matrix: (count) => ({
    'export.json': function* room() {
      yield '{"room_name":"a","messages":'
      yield* list(count, (n) => ({
        type: 'm.room.message',
        sender: `@ada${n % 50}:example.org`,
        room_id: '!a:example.org',
        event_id: `$event${n}`,
        origin_server_ts: startMs + n,
        content: {
          msgtype: 'm.text',
          body: padded(n),
          ...(n % 3 === 0
            ? { 'm.relates_to': { rel_type: 'm.thread', event_id: `$event${n - (n % 30)}` } }
            : {}),
        },
      }))
      yield '}'
    },
  }),
  chatgpt: (count) => ({
    'conversations.json': () =>
      list(count / 10, (n) => ({
        title: 'a',
        create_time: startMs / 1_000,
        mapping: Object.fromEntries(
          Array.from({ length: 10 }, (_, m) => {
            const content = { content_type: 'text', parts: [padded(m)] }
            const message = { author: { role: 'user' }, create_time: startMs / 1_000 + m, content }
            return [`m${m}`, { id: `m${m}`, parent: m === 0 ? null : `m${m - 1}`, message }]
          }),
        ),
        current_node: 'm9',
        id: `c${n}`,
      })),
  }),
  mbox: (count) => ({
    'garden.mbox': function* mails() {
      for (let n = 0; n < count; n += 1) {
        const date = new Date(startMs + n * 1_000).toUTCString()
        const answer = n % 5 === 0 ? '' : `In-Reply-To: <${n - 1}@example.org>\n`
        yield `From a Mon Jan  2 15:04:05 2006\nFrom: a@example.org\nDate: ${date}\nMessage-ID: <${n}@example.org>\n${answer}\n${padded(n)}\n\n`
      }
    },
  }),
  zulip: (count) => ({
    'export/realm.json': function* realm() {
      yield '{"zerver_realm":[{"id":1,"name":"a"}],"zerver_userprofile":[{"id":1,"full_name":"Ada"}],'
      yield '"zerver_stream":[{"id":1,"name":"a"}],"zerver_recipient":[{"id":1,"type":2,"type_id":1}],"zerver_reaction":'
      yield* list(count, (n) => ({ id: n, user_profile: 1, message: n, emoji_name: 'tomato' }))
      yield '}'
    },
    'export/messages-000001.json': function* messages() {
      yield '{"zerver_message":'
      yield* list(count, (n) => ({
        id: n,
        sender: 1,
        recipient: 1,
        subject: `topic ${n % 1_000}`,
        content: padded(n),
        date_sent: startMs / 1_000 + n,
      }))
      yield '}'
    },
  }),
}

/** Writes an archive, and returns what to import. */
async function write(format: string, count: number): Promise<string> {
  const files = Object.entries(archives[format]?.(count) ?? {})
  for (const [name, parts] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await pipeline(Readable.from(parts()), createWriteStream(join(folder, name)))
  }
  const [[first = ''] = []] = files
  return join(folder, first.includes('/') ? dirname(first) : first)
}

describe.each(Object.keys(archives))('an archive of %s', (format) => {
  it('of 100 MB is read in the memory of a small one', { timeout: 600_000 }, async () => {
    const path = await write(format, 200_000)
    const env = { NODE_OPTIONS: '--max-old-space-size=100' }
    const { exitCode, stdout, stderr } = await runCli(['import', path, '--dry-run', '--json'], '', env)
    expect(exitCode, stderr).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      messagesInserted: 200_000,
      badLines: 0,
      problems: 0,
      files: [{ format }],
    })
  })

  it('goes in whole, and again without another row', async () => {
    const path = await write(format, 2_000)
    const db = join(folder, 'chat.db')
    const first = await runCli(['import', path, '--db', db, '--json'])
    expect(JSON.parse(first.stdout)).toMatchObject({ messagesInserted: 2_000, badLines: 0 })
    const again = await runCli(['import', path, '--db', db, '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({
      messagesInserted: 0,
      messagesUpdated: 2_000,
      badLines: 0,
    })
  })
})

describe('what has to be read twice', () => {
  it.each([
    ['whatsapp', join('whatsapp', 'WhatsApp Chat with Bob.txt'), 7],
    ['matrix', join('matrix', 'export.json'), 14],
  ])('comes through a pipe as well: %s; nothing is left of it', async (format, path, count) => {
    const db = join(folder, 'chat.db')
    const temporary = join(folder, 'temporary')
    await mkdir(temporary)
    const content = await readFile(join(fixtures, path))
    const { stdout } = await runCli(['import', '-', '--db', db, '--json'], content, { TMPDIR: temporary })
    expect(JSON.parse(stdout)).toMatchObject({ messagesInserted: count, files: [{ format }] })
    await using database = await openDatabase(db, { create: false, readers: 1 })
    expect(await database.countMessages()).toBe(count)
    expect((await readdir(temporary)).filter((name) => name.startsWith('convodb-import'))).toEqual([])
  })
})
