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
    [
      'Chinese with signs and spaces between',
      '你好，世界。今天 天气很好',
      ['你好，世界', '"你好，世界"', '世界。今天', '"今天 天气"', '好', '你。好'],
    ],
    ['Japanese in brackets', '東京・大阪「春」と夏', ['東京・大阪', '"「春」と夏"', '「春」']],
    ['Korean with spaces', '안녕 하세요, 서울', ['"안녕 하세요"', '"안녕 하세요, 서울"', '안녕']],
    ['Thai with spaces', 'สวัสดี ครับ', ['"สวัสดี ครับ"', 'สวัสดี']],
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

  it.each([
    ['Bengali', 'কো'],
    ['Tamil', 'கொ'],
    ['Malayalam', 'കൊ'],
    ['Kannada', 'ಕೊ'],
    ['Telugu', 'కై'],
    ['Oriya', 'କୋ'],
    ['Sinhala', 'කො'],
    ['Devanagari', 'ऩक़'],
    ['Burmese', 'ဦး'],
    ['Balinese', 'ᬆ'],
    ['Korean', '한글'],
    ['Japanese', 'がぎ'],
    ['Thai', 'น้ำ'],
    ['Vietnamese', 'Tiếng'],
    ['Arabic', 'آؤ'],
  ])('finds %s, composed or not', async (name, text) => {
    const forms = ['NFC', 'NFD', 'NFKC', 'NFKD'].map((form) => text.normalize(form))
    await storeTexts(db, `se-form-${name}`, forms)
    const find = finder(db, `se-form-${name}`)
    for (const form of forms) expect(await find(form)).toEqual([0, 1, 2, 3])
  })

  it('finds long phrases in long texts', async () => {
    await storeTexts(db, 'se-long', ['a '.repeat(200_000), 'a b '.repeat(100_000), '天'.repeat(200_000)])
    const find = finder(db, 'se-long')
    expect(await find(`"${'a '.repeat(4_900)}"`)).toEqual([0])
    expect(await find(`"${'a b '.repeat(2_400)}"`)).toEqual([1])
    expect(await find('天'.repeat(5_000))).toEqual([2])
    expect(await find('天，'.repeat(5_000))).toEqual([2])
  })

  it('does not join what the text has apart', async () => {
    await storeTexts(db, 'se-apart', ['天，气', '天气', '天 气'])
    const find = finder(db, 'se-apart')
    expect(await find('天气')).toEqual([1])
    expect(await find('天，气')).toEqual([0, 1, 2])
    expect(await find('-天气 天')).toEqual([0, 2])
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
