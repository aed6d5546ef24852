import { describe, expect, it } from 'vitest'
import { padEnd, textWidth, truncate } from '../../src/cli/demo/text-width.js'

describe('the width of text on a terminal', () => {
  it.each([
    ['abc', 3],
    ['naïve', 5],
    ['東京', 4],
    ['カフェ', 6],
    ['👩🏽‍💻', 2],
    ['❤️', 2],
    ['مرحبا', 5],
    ['', 0],
  ])('%s takes %i columns', (text, columns) => {
    expect(textWidth(text)).toBe(columns)
  })

  it('cuts between characters, never inside one, and says so', () => {
    expect(truncate('hello', 5)).toBe('hello')
    expect(truncate('hello!', 5)).toBe('hell…')
    expect(truncate('東京都庁', 6)).toBe('東京…')
    expect(truncate('a👩🏽‍💻b', 3)).toBe('a…')
  })

  it('fills up by columns, not by code units', () => {
    expect(padEnd('東京', 6)).toBe('東京  ')
    expect(padEnd('abc', 2)).toBe('abc')
  })
})
