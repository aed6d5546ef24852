import { expect, it } from 'vitest'
import type { GetDatabase } from './contract.js'
import { finder, storeTexts } from './search-support.js'

/** Any language, and whatever somebody types. */
export function describeSearchedTexts(db: GetDatabase): void {
  it.each([
    [
      'Latin letters without case and accents',
      'Résumé für Ångström, naïve Straße',
      ['resume', 'FÜR', 'angstrom', 'strasse', 'naive'],
    ],
    ['composed and decomposed', 'cafe\u0301 Ａｂｃ ﬁn', ['café', 'abc', 'fin']],
    ['Greek', 'Οδυσσέας', ['οδυσσεας', 'ΟΔΥΣΣΈΑΣ']],
    ['Cyrillic', 'Чёрный йод', ['черный', 'ЧЁРНЫЙ', 'иод']],
    ['Turkish', 'İstanbul ILGAZ ılık', ['istanbul', 'ılgaz', 'ILIK']],
    ['Chinese', '今天天气很好，我们去公园', ['天气', '天', '公园', '我们去', '园']],
    ['Japanese', 'カタカナとひらがなが混ざる文', ['カナ', 'がな', 'ひらがな', '文']],
    ['Japanese, decomposed', 'がぎ'.normalize('NFD'), ['がぎ', 'が']],
    ['Korean', '서울에서 만나요', ['서울', '만나', '요']],
    ['Thai', 'ฉันรักภาษาไทย', ['ภาษา', 'ไทย', 'รัก']],
    ['Lao', 'ພາສາລາວ', ['ລາວ', 'ພາ']],
    ['Khmer', 'ភាសាខ្មែរ', ['ខ្មែរ']],
    ['Burmese', 'မြန်မာဘာသာ', ['မြန်မာ', 'ဘာသာ']],
    ['Arabic and Hebrew, pointed or not', 'كِتَاب שָׁלוֹם', ['كتاب', 'שלום']],
    ['Hindi', 'नमस्ते दुनिया', ['नमस्ते', 'दुनिया']],
    ['emoji', 'ship it 🚀👍🏽 👨‍👩‍👧 🇫🇷 ❤️', ['🚀', '👍', '👍🏻', '👨‍👩‍👧', '🇫🇷', '❤']],
    ['characters of other planes', '𠮷野家 𝐁𝐨𝐥𝐝', ['𠮷野', '𠮷', 'bold']],
    [
      'code and names',
      'call foo_bar(42) for #123 via user@host.example in /usr/lib/x86_64',
      ['foo_bar', '#123', 'user@host', '/usr/lib', 'foo', 'host.example', 'x86_64', '42'],
    ],
  ])('finds %s', async (name, text, questions) => {
    const channelId = `se-lang-${name}`
    await storeTexts(db, channelId, [text, 'something else'])
    const find = finder(db, channelId)
    for (const question of questions) expect([question, await find(question)]).toEqual([question, [0]])
  })

  it('takes whatever somebody types', async () => {
    await storeTexts(db, 'se-odd', ['plain text'])
    const find = finder(db, 'se-odd')
    const odd = [
      '"',
      '""',
      '-',
      '--',
      '*',
      '**',
      '-*',
      'NEAR(',
      'NEAR(a b)',
      '(',
      ')',
      "'",
      '\\',
      'a AND',
      'OR',
      '^a',
      'a:b',
      'from:',
      'in:""',
      'before:',
      'before:soon',
      '-"',
      '"-',
      '\u0000',
      '\u0001',
      '{',
      '%',
      '🏴',
      '\u202E',
      '   ',
      '',
    ]
    for (const text of odd) expect(await find(text)).toEqual([])
    expect(await find('plain "')).toEqual([0])
    expect(await find('plain (')).toEqual([0])
    expect(await find('"plain text')).toEqual([0])
    expect(await find('before:soon')).toEqual([])
    expect(await find('"plain')).toEqual([0])
    expect(await find('x'.repeat(100_000))).toEqual([])
    expect(await find('plain '.repeat(5_000))).toEqual([0])
  })
}
