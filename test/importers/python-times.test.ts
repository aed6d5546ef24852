import { describe, expect, it } from 'vitest'
import { timeOf } from '../../src/importers/formats/python/columns.js'
import { draftsOf } from '../../src/importers/formats/python/drafts.js'
import type { Notes } from '../../src/importers/notes.js'

const noon = Date.UTC(2024, 2, 1, 12)

describe('a time of the Python original', () => {
  it.each([
    ['2024-03-01 12:00:00', noon],
    ['2024-03-01T12:00:00', noon],
    [' 2024-03-01 12:00:00 ', noon],
    ['2024-03-01T12:00:00.123456', noon + 123],
    ['2024-03-01 12:00:00.123456+05:30', noon + 123 - 5.5 * 3_600_000],
    ['2024-03-01 12:00:00+0000', noon],
    ['2024-03-01 12:00:00 +0200', noon - 7_200_000],
    ['2024-03-01T12:00:00-08', noon + 8 * 3_600_000],
    ['2024-03-01 12:00:00 UTC', noon],
    ['2024-03-01 12:00:00.5 GMT', noon + 500],
    ['2024-03-01', noon - 12 * 3_600_000],
    [noon / 1_000, noon],
    [noon / 1_000 + 0.25, noon + 250],
    [BigInt(noon), noon],
    [String(noon / 1_000), noon],
    [BigInt(noon) * 1_000n, noon],
    [BigInt(noon) * 1_000_000n, noon],
    [Buffer.from('2024-03-01 12:00:00'), noon],
    [null, undefined],
    ['2024-02-30 12:00:00', '2024-02-30 12:00:00'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (value, expected) => {
    expect(timeOf({ at: value }, 'at')).toBe(expected)
  })
})

describe('a row with a time that is none', () => {
  const skipped: string[] = []
  const notes: Notes = {
    signal: new AbortController().signal,
    timesOf: () => ({ unit: 'milliseconds', note: () => undefined }),
    skip: (why) => skipped.push(why),
    leaveOut: () => undefined,
    complain: () => undefined,
  }

  it('goes in without it, where it can, and that is said', () => {
    const row = {
      channel_id: 'c1',
      guild_id: 'g1',
      created_at: 'long ago',
      last_active: '2024-03-01 12:00:00',
    }
    expect(draftsOf('channels', { ...row, created_at: 10n ** 30n }, notes)).toEqual(
      draftsOf('channels', row, notes),
    )
    expect(skipped.splice(0)).toHaveLength(2)
    expect(draftsOf('channels', row, notes)).toMatchObject([
      { kind: 'channel', model: { channelId: 'c1', createdAt: undefined, lastActive: noon } },
    ])
    expect(skipped).toEqual(['times that are none, in created_at'])
  })

  it('is refused where it is the time of a message', () => {
    const row = { message_id: 'm1', channel_id: 'c1', user_id: 'u1', content: 'x', timestamp: 'long ago' }
    expect(draftsOf('messages', row, notes)).toMatchObject([{ model: { timestamp: 'long ago' } }])
  })
})
