import { expect, it } from 'vitest'
import { importOfContent, linesIn } from './import-of.js'

/** What a chat of these lines holds, without the days; `~` stands for the invisible mark that iPhones write. */
async function chatOf(lines: readonly string[], name = 'WhatsApp Chat with Ada.txt') {
  const content = lines.map((line) => `${line.replaceAll('~', '\u200E')}\n`).join('')
  const { db, refused, problems } = await importOfContent(name, content)
  expect([refused, problems]).toEqual([[], []])
  return linesIn(db, 'whatsapp:Ada')
}

it.each([
  ['a copy from WhatsApp Web', '[18:29, 23/12/2020] Ada: where?'],
  ['one of a phone with seconds', '[23/12/2020, 18:29:00] Ada: where?'],
  ['a programme', '20:00 25/12/2020 - doors'],
  ['a log', '12/24/2020 18:30:05: disk full'],
  ['a log with a comma', '24/12/2020, 18:30:05: worker: disk full'],
])('%s in a message of Android is its text', async (_, pasted) => {
  const lines = await chatOf([
    '24/12/2020, 18:30 - Bob: look:',
    pasted,
    pasted,
    'end',
    '24/12/2020, 18:31 - Ada: ok',
  ])
  expect(lines).toEqual([
    `2020-12-24T18:30:00 whatsapp:Bob message: look:\n${pasted}\n${pasted}\nend`,
    '2020-12-24T18:31:00 whatsapp:Ada message: ok',
  ])
})

it.each([
  ['a copy from WhatsApp Web', '[18:29, 23/12/2020] Ada: where?'],
  ['a copy of a Web of another language', '[23/12/2020, 18:29] Ada: where?'],
  ['an export of Android', '23/12/2020, 18:29 - Ada: where?'],
])('%s in a message of an iPhone is its text', async (_, pasted) => {
  const lines = await chatOf([
    `[24/12/2020, 18:30:00] Bob: ${pasted}`,
    pasted,
    '~[24/12/2020, 18:31:00] Ada: ~image omitted',
  ])
  expect(lines).toEqual([
    `2020-12-24T18:30:00 whatsapp:Bob message: ${pasted}\n${pasted}`,
    '2020-12-24T18:31:00 whatsapp:Ada message: image omitted',
  ])
})

it('a file that was cut within a message is read as most of its headers are', async () => {
  const { db, refused } = await importOfContent(
    'WhatsApp Chat with Ada.txt',
    'the end of something\n[18:29, 23/12/2020] Ada: where?\n24/12/2020, 18:30 - Bob: a\n25/12/2020, 18:30 - Bob: b\n',
  )
  expect(refused).toEqual([
    '1: no message begins with it or before it',
    '2: no message begins with it or before it',
  ])
  expect(await linesIn(db, 'whatsapp:Ada')).toEqual([
    '2020-12-24T18:30:00 whatsapp:Bob message: a',
    '2020-12-25T18:30:00 whatsapp:Bob message: b',
  ])
})

it('a chat of an old iPhone has notices without a name, and its own dates', async () => {
  const lines = await chatOf([
    '2014-12-24 18:30:00: Ada: hi',
    '2014-12-24 18:31:00: Bob left',
    '[18:29, 23/12/2014] Ada: where?',
  ])
  expect(lines).toEqual([
    '2014-12-24T18:30:00 whatsapp:Ada message: hi',
    '2014-12-24T18:31:00 whatsapp: notice: Bob left\n[18:29, 23/12/2014] Ada: where?',
  ])
})

it('names in later lines of a notice are its text', async () => {
  const lines = await chatOf([
    '24/12/2020, 18:30 - Bob changed the group description',
    'Rules: be kind',
    '24/12/2020, 18:31 - Ada:',
    'Rules: which?',
  ])
  expect(lines).toEqual([
    '2020-12-24T18:30:00 whatsapp: topic: Bob changed the group description\nRules: be kind',
    '2020-12-24T18:31:00 whatsapp:Ada message: \nRules: which?',
  ])
})

it.each([
  ['a call', ['~[24/12/20, 18:30:00] Ada: ~Missed voice call']],
  ['a place', ['~[24/12/20, 18:30:00] Ada: ~Location: https://maps.google.com/?q=51.5,-0.1']],
  ['a poll', ['~[24/12/20, 18:30:00] Ada: ~POLL:', 'Encrypted?', '~OPTION: Yes (~2 votes)']],
  [
    'what somebody did',
    ['[24/12/20, 18:30:00] Ada: ~Ada changed the group name to “Cryptography, encrypted”'],
  ],
  ['something left out', ['~[24/12/20, 18:30:00] Ada: ~image omitted']],
])(
  '%s is its author’s, also where an export was cut to begin with it, and has the same id',
  async (_, said) => {
    const before = '[24/12/20, 18:29:00] Bob: hello'
    const content = (lines: readonly string[]) =>
      lines.map((line) => `${line.replaceAll('~', '\u200E')}\n`).join('')
    for (const chat of ['Garden club', 'Ada']) {
      const name = `WhatsApp Chat - ${chat}.txt`
      // What a chat of two tells of is not told by either.
      if (chat === 'Ada' && said[0]?.includes('changed')) continue
      const { db } = await importOfContent(name, content([before, ...said]))
      const { report } = await importOfContent(name, content(said), { db })
      expect(report.messagesInserted).toBe(0)
      const lines = await linesIn(db, `whatsapp:${chat}`)
      expect(lines[1]).toContain('2020-12-24T18:30:00 whatsapp:Ada ')
    }
  },
)

it.each([
  'Messages and calls are end-to-end encrypted. No one outside of this chat can read them.',
  'Nachrichten und Anrufe sind Ende-zu-Ende-verschlüsselt.',
  'Los mensajes y las llamadas están cifrados de extremo a extremo.',
  'Les messages et les appels sont chiffrés de bout en bout.',
  'As mensagens e as chamadas são protegidas com a criptografia de ponta a ponta.',
  'I messaggi e le chiamate sono crittografati end-to-end.',
  'Сообщения и звонки защищены сквозным шифрованием.',
  '訊息和通話有端對端加密。',
  'メッセージと通話はエンドツーエンドで暗号化されています。',
  'الرسائل والمكالمات مشفرة تماما بين الطرفين.',
])('%s is nobody’s, whatever the file is called by now', async (notice) => {
  const lines = await chatOf([`[24/12/20, 18:30:00] Garden club: ~${notice}`, '[24/12/20, 18:31:00] Bob: hi'])
  expect(lines[0]).toBe(`2020-12-24T18:30:00 whatsapp: notice: ${notice}`)
})
