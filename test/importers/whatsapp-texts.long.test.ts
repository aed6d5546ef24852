import { describe, expect, it } from 'vitest'
import { chatNameOf } from '../../src/importers/formats/whatsapp/chat-name.js'
import { importOfContent, linesIn, messagesIn } from './import-of.js'

/** What a chat of these lines holds; `~` stands for the invisible mark that iPhones write. */
async function chatOf(...lines: string[]) {
  const content = lines.map((line) => `${line.replaceAll('~', '\u200E')}\r\n`).join('')
  const { db, problems, refused } = await importOfContent('WhatsApp Chat with Ada.txt', `\uFEFF${content}`)
  expect([problems, refused]).toEqual([[], []])
  return { messages: await messagesIn(db, 'whatsapp:Ada'), lines: await linesIn(db, 'whatsapp:Ada') }
}

describe('what an iPhone left out', () => {
  it('is known in any language by its marks, with the name of a document', async () => {
    const { messages } = await chatOf(
      '~[2020/12/24 18:30:00] Bob: ~画像は含まれていません',
      '~[2020/12/24 18:30:01] Bob: ~đã bỏ qua hình ảnh',
      '~[2020/12/24 18:30:02] Bob: plan.pdf • ~2 páginas ~documento omitido',
      '[2020/12/24 18:30:03] Bob: plan.docx document omitted',
      '~[2020/12/24 18:30:04] Bob: ~video note omitted',
    )
    expect(messages.map(({ metadata }) => metadata?.['extra'])).toEqual(
      messages.map(() => ({ isMediaOmitted: true })),
    )
    expect(messages.map(({ metadata }) => metadata?.['attachments'])).toEqual([
      undefined,
      undefined,
      [{ name: 'plan.pdf' }],
      [{ name: 'plan.docx' }],
      undefined,
    ])
  })

  it('is not what is marked in the same way: places, polls, calls, deleted messages, edits', async () => {
    const { messages } = await chatOf(
      '[24/12/20, 18:29:59] Bob: hello',
      '~[24/12/20, 18:30:00] Bob: ~Location: https://maps.google.com/?q=51.5,-0.1',
      '~[24/12/20, 18:30:01] Bob: ~POLL:',
      'Which day?',
      '~OPTION: Monday (~2 votes)',
      '~OPTION: Friday (~0 votes)',
      '',
      '~[24/12/20, 18:30:02] Bob: ~Missed voice call, ~Tap to call back',
      '~[24/12/20, 18:30:03] Bob: ~This message was deleted.',
      '~[24/12/20, 18:30:04] Bob: see you ~<This message was edited>',
    )
    expect(messages.map(({ metadata }) => metadata?.['extra'])).toEqual(messages.map(() => undefined))
    expect(messages.map(({ messageType }) => messageType)).toEqual(messages.map(() => 'message'))
    expect(messages[2]?.content).toBe(
      'POLL:\nWhich day?\n\u200EOPTION: Monday (\u200E2 votes)\n\u200EOPTION: Friday (\u200E0 votes)',
    )
    expect(messages[5]).toMatchObject({ content: 'see you', metadata: { isEdited: true } })
  })
})

it('names of files are read in any language', async () => {
  const { messages: ofIPhone } = await chatOf(
    '~[2020/12/24 下午6:30:00] Bob: ~<附件：00000012-PHOTO-2020-12-24-18-30-00.jpg>',
    '~[2020/12/24 下午6:30:01] Bob: plan.pdf • ~2页 ~<附件: 00000013-plan.pdf>',
  )
  const { messages: ofAndroid } = await chatOf(
    '2020/12/24 下午6:31 - Bob: IMG-20201224-WA0001.jpg (文件附件)',
    '2020/12/24 下午6:32 - Bob: Grace Hopper.vcf (ไฟล์ที่แนบ)',
    '2020/12/24 下午6:33 - Bob: report.pdf (файл добавлен)',
    '2020/12/24 下午6:34 - Bob: <사진 및 동영상 제외됨>',
    '2020/12/24 下午6:35 - Bob: I <3 this (really)',
  )
  const messages = [...ofIPhone, ...ofAndroid]
  expect(messages.map(({ metadata }) => metadata?.['attachments'] ?? metadata?.['extra'])).toEqual([
    [{ name: '00000012-PHOTO-2020-12-24-18-30-00.jpg', url: '00000012-PHOTO-2020-12-24-18-30-00.jpg' }],
    [{ name: '00000013-plan.pdf', url: '00000013-plan.pdf' }],
    [{ name: 'IMG-20201224-WA0001.jpg', url: 'IMG-20201224-WA0001.jpg' }],
    [{ name: 'Grace Hopper.vcf', url: 'Grace Hopper.vcf' }],
    [{ name: 'report.pdf', url: 'report.pdf' }],
    { isMediaOmitted: true },
    undefined,
  ])
})

it('what an iPhone’s group tells of is of who did it, and its first line of nobody', async () => {
  const { lines } = await chatOf(
    '[24/12/20, 18:30:00] Garden club: ~Messages and calls are end-to-end encrypted.',
    '[24/12/20, 18:30:01] Bob: ~Bob created this group',
    '[24/12/20, 18:30:02] Bob: ~Bob added Grace',
    '[24/12/20, 18:30:03] Grace: ~Grace left',
    '[24/12/20, 18:30:04] Bob: ~Bob changed the group name to “Tea: at five”',
    '[24/12/20, 18:30:05] Bob: Bob left',
  )
  expect(lines.map((line) => line.slice(20))).toEqual([
    'whatsapp: notice: Messages and calls are end-to-end encrypted.',
    'whatsapp:Bob message: Bob created this group',
    'whatsapp:Bob join: Bob added Grace',
    'whatsapp:Grace leave: Grace left',
    'whatsapp:Bob name: Bob changed the group name to “Tea: at five”',
    'whatsapp:Bob message: Bob left',
  ])
})

it('a subject with a colon in it is nobody’s message, whatever the quotation marks', async () => {
  const { lines } = await chatOf(
    '2020/12/24 18:30 - Adaがグループの件名を「庭」から「庭: 五時」に変更しました',
    '2020/12/24 18:31 - Ada hat den Betreff zu „Tee: um fünf“ geändert',
    '2020/12/24 18:32 - Ada a remplacé le sujet par « Thé: à cinq heures »',
    '2020/12/24 18:33 - Ada: a "quotation: in" a text',
  )
  expect(lines.map((line) => line.slice(20, 40))).toEqual([
    'whatsapp: notice: Ad',
    'whatsapp: notice: Ad',
    'whatsapp: notice: Ad',
    'whatsapp:Ada message',
  ])
})

it('a Korean chat of short years, which are not days', async () => {
  const { lines } = await chatOf(
    '20. 12. 31. 오후 11:59 - Ada: 안녕\u00A0하세요',
    '둘째 줄',
    '21. 1. 1. 오전 12:05 - \u202A+82 10-0000-0000\u202C: 네: 좋아요',
  )
  expect(lines).toEqual([
    '2020-12-31T23:59:00 whatsapp:Ada message: 안녕\u00A0하세요\n둘째 줄',
    '2021-01-01T00:05:00 whatsapp:+82 10-0000-0000 message: 네: 좋아요',
  ])
})

it.each([
  ['Chat WhatsApp s uživatelem Ada.txt', 'Ada'],
  ['Чат WhatsApp с контактом Ada.txt', 'Ada'],
  ['Ada ile WhatsApp Sohbeti.txt', 'Ada'],
  ['Ada님과 WhatsApp 대화.txt', 'Ada'],
  ['与Ada的 WhatsApp 聊天.txt', 'Ada'],
  ['Chat WhatsApp dengan Ada.txt', 'Ada'],
  ['محادثة واتساب مع Ada.txt', 'Ada'],
  // As macOS unpacks it: the letter and its accent apart.
  ['WhatsApp Chat with Rene\u0301.txt', 'Ren\u00E9'],
])('%s is the chat %s', (path, name) => {
  expect(chatNameOf(path)).toBe(name)
})
