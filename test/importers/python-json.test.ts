import { expect, it } from 'vitest'
import { jsonOf, objectOf } from '../../src/importers/formats/python/columns.js'

it.each([
  ['1098765432109876543', '1098765432109876543'],
  [
    '{"guild": 1098765432109876543, "ids": [-1098765432109876543]}',
    { guild: '1098765432109876543', ids: ['-1098765432109876543'] },
  ],
  [
    '{"count": 7, "share": 0.1234567890123456, "far": 1e300}',
    { count: 7, share: 0.1234567890123456, far: 1e300 },
  ],
  ['{"last": 9007199254740991}', { last: 9_007_199_254_740_991 }],
  ['"1098765432109876543"', '1098765432109876543'],
  ['1098765432109876543 is no JSON', '1098765432109876543 is no JSON'],
])('JSON of the Python original has all digits of its numbers: %s', (text, expected) => {
  expect(jsonOf({ metadata: text }, 'metadata')).toEqual(expected)
})

it('what is no object is a text of one, with all its digits', () => {
  expect(objectOf({ metadata: '1098765432109876543' }, 'metadata')).toEqual({ text: '1098765432109876543' })
})
