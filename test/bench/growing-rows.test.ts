import { describe, expect, it } from 'vitest'
import { figureNames, figures, growthOf } from '../../bench/growing/figures.js'
import { channelOfRank, createGrowingRows, hasVector, talkativeUser } from '../../bench/growing/rows.js'

const count = 100_000
const rows = createGrowingRows(count, 0)
const share = (has: (index: number) => boolean): number =>
  rows.filter((_, index) => has(index)).length / count

describe('the rows of a large archive', () => {
  it('are the same, whatever the steps in which they are made', () => {
    expect(createGrowingRows(1_000, 5_000)).toEqual(rows.slice(5_000, 6_000))
  })

  it('have seven channels with half of them, and one with a fifth', () => {
    const largest = new Set([0, 1, 2, 3, 4, 5, 6].map(channelOfRank))
    const shareOf = (channels: ReadonlySet<string>): number =>
      rows.filter(({ channelId }) => channels.has(channelId)).length / count
    expect(shareOf(largest)).toBeGreaterThan(0.48)
    expect(shareOf(largest)).toBeLessThan(0.55)
    expect(shareOf(new Set([channelOfRank(0)]))).toBeCloseTo(0.2, 1)
  })

  it('have 20,000 channels and 200,000 users at most, and thousands of them soon', () => {
    const later = createGrowingRows(count, 9_000_000)
    const channels = [...rows, ...later].map(({ channelId }) => Number(channelId.slice('channel-'.length)))
    expect(Math.max(...channels.slice(0, count))).toBeLessThan(20_000)
    expect(Math.max(...channels.slice(count))).toBeLessThan(20_000)
    expect(new Set(channels).size).toBeGreaterThan(5_000)
    const users = [...rows, ...later].map(({ userId }) => userId)
    expect(new Set(users).size).toBeGreaterThan(60_000)
    expect(new Set(users).size).toBeLessThanOrEqual(200_000)
  })

  it('have one user who wrote a tenth, in the largest channels as well', () => {
    const theirs = rows.filter(({ userId }) => userId === talkativeUser)
    expect(theirs.length / count).toBeCloseTo(0.1, 2)
    const inLargest = theirs.filter(({ channelId }) => channelId === channelOfRank(0))
    expect(inLargest.length / theirs.length).toBeCloseTo(0.2, 1)
  })

  it('are short but for one in a thousand, which has up to 64,000 characters', () => {
    const lengths = rows.map(({ content }) => content.length)
    expect(share((index) => (lengths[index] ?? 0) > 200)).toBeCloseTo(0.001, 3)
    expect(Math.max(...lengths)).toBeGreaterThan(50_000)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(64_000)
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(20)
  })

  it('have embeddings for a tenth', () => expect(share(hasVector)).toBe(0.1))
})

describe('growth', () => {
  const look = (messages: number, storeUs: number | undefined) => ({
    messages,
    figures: storeUs === undefined ? {} : { storeUs },
  })

  it('is from the first look to the last one', () => {
    expect(growthOf([look(1, 2), look(10, 9), look(100, 5)], 'storeUs')).toBe(2.5)
    expect(growthOf([look(1, 2)], 'storeUs')).toBe(1)
  })

  it('of what was not seen is unknown', () => {
    expect(growthOf([look(1, undefined), look(10, 9)], 'storeUs')).toBeUndefined()
    expect(growthOf([], 'storeUs')).toBeUndefined()
    expect(growthOf(undefined, 'storeUs')).toBeUndefined()
  })

  it('is of figures with titles of their own', () => {
    expect(new Set(figureNames.map((name) => figures[name].title)).size).toBe(figureNames.length)
  })
})
