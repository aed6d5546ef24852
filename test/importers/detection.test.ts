import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { formats, formatOfFile, formatOfFolder } from '../../src/importers/formats/formats.js'
import type { Head } from '../../src/importers/formats/format.js'
import { fixture } from './import-of.js'

const files = [
  ['whatsapp', 'WhatsApp Chat with Bob.txt'],
  ['whatsapp', 'WhatsApp-Chat mit Karl.txt'],
  ['whatsapp', 'WhatsApp Chat - Garden club/_chat.txt'],
  ['telegram', 'result.json'],
  ['telegram', 'account/result.json'],
  ['matrix', 'export.json'],
  ['mbox', 'garden.mbox'],
  ['mbox', '2006-January.txt'],
  ['irc', 'libera/#garden.log'],
  ['irc', 'irc.libera.#garden.weechatlog'],
  ['chatgpt', 'conversations.json'],
  ['claude', 'conversations.json'],
] as const

async function headOf(format: string, path: string): Promise<Head> {
  const bytes = (await readFile(fixture(format, path))).subarray(0, 64 * 1024)
  return { path, bytes, text: bytes.toString('utf8') }
}

describe.each(files)('%s: %s', (name, path) => {
  it('is known as itself, and to no other format', async () => {
    const head = await headOf(name, path)
    expect(formatOfFile(head)).toBe(name)
    const others = Object.values(formats).filter(
      (format) => 'recognizes' in format && format.recognizes(head),
    )
    expect(others.map((format) => format.name)).toEqual([name])
  })

  it('is known by its first lines alone', async () => {
    const head = await headOf(name, path)
    const bytes = head.bytes.subarray(0, 700)
    expect(formatOfFile({ ...head, bytes, text: bytes.toString('utf8') })).toBe(name)
  })

  it('is none of a folder', () => {
    expect(formatOfFolder([path])).toBeUndefined()
  })
})

it('a folder of Zulip is known by its files, wherever they are', () => {
  expect(formatOfFolder(['realm.json', 'messages-000001.json'])).toBe('zulip')
  expect(formatOfFolder(['a/b/realm.json', 'a/b/messages-000001.json', 'a/b/uploads/x'])).toBe('zulip')
  expect(formatOfFolder(['realm.json', 'a/messages-000001.json'])).toBeUndefined()
})

it.each(['', '{', '[]', '{}', 'hello', '[1,2]', '{"messages":[]}', 'From: a@b.c\n', '\u0000\u0001'])(
  '%j is of no format',
  (text) => {
    expect(formatOfFile({ path: 'a', bytes: Buffer.from(text), text })).toBeUndefined()
  },
)
