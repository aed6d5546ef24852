import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { archivesOfFolder, formatOfFile, formats } from '../../src/importers/formats/formats.js'
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
    expect(archivesOfFolder([path])).toEqual([])
  })
})

describe('a log of IRC', () => {
  const isIrc = (...lines: string[]): boolean => {
    const text = lines.join('\n')
    return formatOfFile({ path: 'a.log', bytes: Buffer.from(text), text }) === 'irc'
  }

  it('is known though nobody speaks for long, if its lines have dates', () => {
    const join = (nick: string): string =>
      `2024-01-02 12:34:56] -!- ${nick} [~a@example.org] has joined #garden`
    expect(isIrc(`[${join('ada')}`, `[${join('bob')}`, `[${join('eve')}`)).toBe(true)
    expect(isIrc('2024-01-02 12:34:56 -!- ada [~a@example.org] has joined #garden')).toBe(true)
    expect(isIrc('2024-01-02 12:34\t-->\tada (~a@example.org) has joined #garden')).toBe(true)
  })

  it.each([
    '2024-01-02 03:04\t1.5\t2.5',
    '2024-01-02 03:04:05 <info> [1704164645.1] manager: starting',
    '2024-01-02 03:04:05 <WARN> disk is nearly full',
    '[2024-01-02 03:04:05] production.ERROR: it failed',
  ])('is not %j, which a program wrote', (line) => {
    expect(isIrc(line, line)).toBe(false)
  })
})

describe('a folder of Slack', () => {
  it('does not take along what stands beside it at its top and is no JSON', () => {
    const slack = [
      'users.json',
      'channels.json',
      'general/2024-01-31.json',
      'canvases.json',
      'general/a/notes.txt',
    ]
    expect(archivesOfFolder([...slack, 'WhatsApp Chat with Bob.txt', 'chat.ndjson'])).toEqual([
      { name: 'slack', paths: new Set(slack) },
    ])
    const below = slack.map((path) => `a/${path}`)
    expect(archivesOfFolder([...below, 'b.mbox'])).toEqual([{ name: 'slack', paths: new Set(below) }])
  })
})

it('a folder of Zulip is known by its files, wherever they are', () => {
  const namesOf = (...paths: string[]) => archivesOfFolder(paths).map(({ name }) => name)
  expect(namesOf('realm.json', 'messages-000001.json')).toEqual(['zulip'])
  expect(namesOf('a/b/realm.json', 'a/b/messages-000001.json', 'a/b/uploads/x')).toEqual(['zulip'])
  expect(namesOf('realm.json', 'a/messages-000001.json')).toEqual([])
})

it.each(['', '{', '[]', '{}', 'hello', '[1,2]', '{"messages":[]}', 'From: a@b.c\n', '\u0000\u0001'])(
  '%j is of no format',
  (text) => {
    expect(formatOfFile({ path: 'a', bytes: Buffer.from(text), text })).toBeUndefined()
  },
)
