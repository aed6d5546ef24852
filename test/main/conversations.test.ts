import { describe, expect, it } from 'vitest'
import { conversationsStrategy } from '../../src/main/segmenting/conversations/conversations.js'
import { readSaid } from '../../src/main/segmenting/conversations/said.js'
import { decideStep } from '../../src/main/segmenting/decide-step.js'

const said = (content: string, userId = 'ada') =>
  readSaid({ messageId: 'm', userId, content, timestamp: new Date(0) })

describe('what is read in a message', () => {
  it('its words, the first one by itself, and whether it asks', () => {
    expect(said('Olof: did you TRY foo_bar, #123?')).toMatchObject({
      first: 'olof',
      words: new Set(['olof', 'did', 'you', 'try', 'foo_bar', '123']),
      asks: true,
    })
    expect(said('<@4711> no')).toMatchObject({ first: '4711', asks: false })
  })

  it('pairs of characters where words have no spaces between them', () => {
    expect(said('小明：磁盘坏了？')).toMatchObject({
      first: '小明',
      words: new Set(['小明', '磁盘', '盘坏', '坏了']),
      asks: true,
    })
  })

  it('names that are too short to tell from words are none', () => {
    expect(said('', 'me').names).toEqual([])
    expect(said('', 'Ada Lovelace').names).toEqual(['ada'])
    expect(said('', '小明').names).toEqual(['小明'])
    expect(said('', '***').names).toEqual([])
  })

  it('no more than the start of a long text', () => {
    expect(said(Array.from({ length: 50_000 }, (_, n) => `w${n}`).join(' ')).words.size).toBe(200)
  })
})

it('puts hostile texts and names somewhere, in little time', async () => {
  const texts = [
    '',
    ' ',
    '\0',
    '::::',
    '\u{1F44B}'.repeat(9_000),
    'a'.repeat(3_000_000),
    '茶'.repeat(5_000),
    '__proto__: constructor',
  ]
  const messages = Array.from({ length: 400 }, (_, n) => {
    const content = texts[n % texts.length] ?? ''
    const userId = texts[(n * 3) % texts.length]?.slice(0, 1_000) || 'x'
    const messageId = `m${n}`
    const timestamp = new Date(n)
    const extras = { messageType: 'message', replyToMessageId: null, editedAt: null, metadata: null }
    return {
      messageId,
      userId,
      timestamp,
      replyToMessageId: null,
      segmentId: null,
      answeredSegmentId: null,
      newSegmentId: `s${n}`,
      message: { messageId, channelId: 'c', userId, content, timestamp, ...extras },
    }
  })
  const decided = await decideStep(conversationsStrategy, { recent: [], messages }, () => {})
  expect(decided).toHaveLength(400)
  for (const { contributionScore = 0 } of decided) {
    expect(contributionScore).toBeGreaterThanOrEqual(0)
    expect(contributionScore).toBeLessThanOrEqual(1)
  }
})
