import { describe, expect, it } from 'vitest'
import { DateOrderFinder, toEpochMs } from '../../src/importers/formats/whatsapp/date-order.js'
import { readHeader } from '../../src/importers/formats/whatsapp/header.js'

/** The time of a line by itself: its order is what can be said of it alone. */
function timeOf(line: string): string | undefined {
  const header = readHeader(line)
  if (header === undefined) return undefined
  const finder = new DateOrderFinder()
  const order = header.isYearFirst ? 'year first' : (finder.add(header) ?? finder.finish().order)
  const dateMs = toEpochMs(header.date, order)
  expect(header.unknownWord).toBeUndefined()
  expect(header.rest).toBe('Ada: hi')
  return dateMs === undefined ? 'no date' : new Date(dateMs + header.ofDayMs).toISOString().slice(0, 16)
}

describe('a line of 18:30 on Christmas Eve of 2020 is read as it is written by a phone in', () => {
  it.each([
    ['Korean, Android', '2020년 12월 24일 오후 6:30 - Ada: hi'],
    ['Korean, with the day of the week', '2020년 12월 24일 목요일 오후 6:30 - Ada: hi'],
    ['Korean, short', '20. 12. 24. 오후 6:30 - Ada: hi'],
    ['Korean, iPhone', '[2020. 12. 24. 오후 6:30:00] Ada: hi'],
    ['Chinese', '2020/12/24 下午6:30 - Ada: hi'],
    ['Chinese, of Taiwan', '2020/12/24, 晚上6:30 - Ada: hi'],
    ['Chinese, long', '2020年12月24日 下午6:30 - Ada: hi'],
    ['Japanese', '2020/12/24 18:30 - Ada: hi'],
    ['Japanese, long', '2020年12月24日(木) 午後6:30 - Ada: hi'],
    ['Japanese, with the emperor’s years', '[12/24/R2, 18:30:00] Ada: hi'],
    ['Thai, with Buddhist years', '24/12/2563 18:30 - Ada: hi'],
    ['Thai, with short Buddhist years', '[24/12/63 18:30:00] Ada: hi'],
    ['English, with Buddhist years', '[12/24/2563 BE, 18:30:00] Ada: hi'],
    ['Vietnamese', '18:30, 24/12/2020 - Ada: hi'],
    ['Vietnamese, iPhone', '[18:30:00, 24/12/20] Ada: hi'],
    ['Arabic, of Egypt', '٢٤\u200F/١٢\u200F/٢٠٢٠، ٦:٣٠ م - Ada: hi'],
    ['Arabic, of Morocco', '24\u200F/12\u200F/2020، 18:30 - Ada: hi'],
    ['Arabic, iPhone', '\u200F[٢٤/١٢/٢٠٢٠، ٦:٣٠:٠٠ م] Ada: hi'],
    ['Arabic, with Islamic years', '٩/٥/١٤٤٢، ٦:٣٠ م - Ada: hi'],
    ['Persian, with Persian years', '۱۳۹۹/۱۰/۴،\u200F ۶:۳۰ ب.ظ. - Ada: hi'],
    ['Hebrew', '24.12.2020, 18:30 - Ada: hi'],
    ['Hebrew, iPhone', '\u200F[24.12.2020, 18:30:00] Ada: hi'],
    ['Urdu', '24/12/20، 6:30 PM - Ada: hi'],
    ['Hindi', '24/12/20, 6:30 अपराह्न - Ada: hi'],
    ['Burmese', '၂၄/၁၂/၂၀ ညနေ ၆:၃၀ - Ada: hi'],
    ['Turkish', '24.12.2020 18:30 - Ada: hi'],
    ['Turkish, of twelve hours', '24.12.2020 ÖS 6:30 - Ada: hi'],
    ['Finnish', '24.12.2020 klo 18.30 - Ada: hi'],
    ['Finnish, iPhone, of twelve hours', '[24.12.2020 klo 6.30.00 ip.] Ada: hi'],
    ['Swedish', '2020-12-24 18:30 - Ada: hi'],
    ['Swedish, of twelve hours', '2020-12-24 6:30 em - Ada: hi'],
    ['Danish', '24.12.2020 18.30 - Ada: hi'],
    ['Norwegian', '24.12.2020, 6:30 p.m. - Ada: hi'],
    ['Dutch', '24-12-2020 18:30 - Ada: hi'],
    ['Dutch, iPhone', '[24-12-20 18:30:00] Ada: hi'],
    ['Hungarian', '2020. 12. 24. 18:30 - Ada: hi'],
    ['Hungarian, of twelve hours', '2020. 12. 24. du. 6:30 - Ada: hi'],
    ['Bulgarian', '24.12.20 г., 18:30 - Ada: hi'],
    ['Bulgarian, of twelve hours', '24.12.20 г., 6:30 ч. pm - Ada: hi'],
    ['Macedonian', '24.12.2020 г. 18:30 - Ada: hi'],
    ['Ukrainian', '24.12.20, 6:30 пп - Ada: hi'],
    ['Bosnian', '24. 12. 2020. u 6:30 p. m. - Ada: hi'],
    ['Croatian', '24. 12. 2020. 18:30 - Ada: hi'],
    ['Indonesian', '24/12/20 18.30 - Ada: hi'],
    ['Malay', '24/12/20, 6:30 PTG - Ada: hi'],
    ['French, older', '24/12/2020 à 18:30 - Ada: hi'],
    ['French, of Canada', '2020-12-24 18 h 30 - Ada: hi'],
    ['French, of Canada, iPhone', '[2020-12-24 18 h 30 min 05 s] Ada: hi'],
    ['Basque', '2020/12/24 (18:30) - Ada: hi'],
    ['Spanish', '24/12/2020, 6:30\u00A0p.\u00A0m. - Ada: hi'],
    ['Spanish, older', '24/12/2020 a las 18:30 - Ada: hi'],
    ['Portuguese', '24/12/2020 às 18:30 - Ada: hi'],
    ['English', '12/24/20, 6:30\u202FPM - Ada: hi'],
    ['English, of Canada', '2020-12-24, 6:30\u202Fp.m. - Ada: hi'],
    ['English, of South Africa', '2020/12/24, 18:30 - Ada: hi'],
    ['German, iPhone, of twelve hours', '[24.12.20, 6:30:00\u202FPM] Ada: hi'],
    ['English, iPhones before 2016', '24/12/2020 18:30:00: Ada: hi'],
    ['Swedish, iPhones before 2016', '2020-12-24 18:30:00: Ada: hi'],
    ['English, iPhones before 2016, of twelve hours', '12/24/20, 6:30:00 PM: Ada: hi'],
  ])('%s', (_, line) => {
    expect(timeOf(line)).toBe('2020-12-24T18:30')
  })
})

it.each([
  ['noon', '[2020. 12. 24. 오후 12:30:00] Ada: hi', '2020-12-24T12:30'],
  ['midnight', '2020/12/24, 凌晨12:30 - Ada: hi', '2020-12-24T00:30'],
  ['half past noon, as Japan counts it', '2020/12/24 午後0:30 - Ada: hi', '2020-12-24T12:30'],
  ['a leap day of Persia', '۱۳۹۹/۱۲/۳۰، ۱۸:۳۰ - Ada: hi', '2021-03-20T18:30'],
  ['a day that Persia has not', '۱۴۰۰/۱۲/۳۰، ۱۸:۳۰ - Ada: hi', 'no date'],
  ['New Year of Persia', '۱۴۰۰/۱/۱، ۰:۰۵ - Ada: hi', '2021-03-21T00:05'],
  ['the first day of Ramadan', '١/٩/١٤٤٥، ١٠:٠٥ - Ada: hi', '2024-03-11T10:05'],
])('%s is read', (_, line, expected) => {
  expect(timeOf(line)).toBe(expected)
})

it.each([
  '3/4/21 was a fine day',
  '3/4/21, 10:00: dentist',
  '1. buy milk - today',
  '10:00 - 11:00 - lunch',
  '[1] a footnote',
  '24/12/2020 99:30 - Ada: hi',
  '2020년 12월 24일 목요일',
  '',
])('%j begins no message', (line) => {
  expect(readHeader(line)).toBeUndefined()
})

describe('the order of dates with short years', () => {
  const orderOf = (...lines: string[]) => {
    const finder = new DateOrderFinder()
    for (const line of lines) {
      const header = readHeader(`${line} 10:00 - Ada: hi`)
      const order = header === undefined ? undefined : finder.add(header)
      if (order !== undefined) return order
    }
    return finder.finish().order
  }

  it('is year first where time runs on in no other', () => {
    expect(orderOf('20/12/24', '20/12/31', '21/01/01', '21/02/03')).toBe('year first')
  })

  it('is day first where both could be, and where the year would be one before WhatsApp', () => {
    expect(orderOf('24/12/20')).toBe('day first')
    expect(orderOf('24/12/20', '31/12/20', '01/01/21')).toBe('day first')
  })

  it('is month first where a day follows', () => {
    expect(orderOf('12/24/20')).toBe('month first')
  })

  it('is the one in which the chat is shorter, where time runs on in both', () => {
    expect(orderOf('6/1/24', '6/2/24', '6/7/24')).toBe('month first')
    expect(orderOf('1/6/24', '2/6/24', '7/6/24')).toBe('day first')
    expect(orderOf('10/12/11', '10/12/12')).toBe('day first')
  })

  it('with dots, or with zeros before small numbers, is day first all the same', () => {
    expect(orderOf('6.1.24', '6.7.24')).toBe('day first')
    expect(orderOf('06/01/24', '06/02/24', '06/07/24')).toBe('day first')
  })

  it('is a guess there', () => {
    const finder = new DateOrderFinder()
    for (const line of ['6/1/24, 10:00 - Ada: hi', '6/2/24, 10:00 - Ada: hi']) {
      const header = readHeader(line)
      if (header !== undefined) finder.add(header)
    }
    expect(finder.finish()).toEqual({ order: 'month first', isGuess: true })
  })

  it('of long years is never year first', () => {
    expect(orderOf('03/04/2005', '02/04/2005')).toBe('day first')
  })
})
