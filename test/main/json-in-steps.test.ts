import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonWriter } from '../../src/main/reading/json-writer.js'
import { parseJsonInSteps } from '../../src/main/wire/parse-json.js'
import { decodeLongText, encodeLongText, longTextLength } from '../../src/protocol/long-text.js'
import { finishNow } from '../../src/protocol/steps.js'

const parse = (text: string): unknown => finishNow(parseJsonInSteps(text))

/** Writes so little at a time that it stops everywhere. */
function write(object: unknown): string {
  const writer = new JsonWriter(object, 'it')
  while (!writer.run(1)) if (writer.length === 0) throw new Error('It stopped before it began')
  return writer.problem ?? writer.text()
}

const object = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue({ maxDepth: 4 }))

describe('JSON that is read in steps', () => {
  it('is what JSON.parse makes of it, with white space or without', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom('', ' ', '\t', '\r\n'), (value, space) => {
        const text = `${space}${JSON.stringify(value, null, space)}${space}`
        expect(parse(text)).toEqual(JSON.parse(text))
        expect(JSON.stringify(parse(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is refused where JSON.parse refuses it', () => {
    const signs = fc.constantFrom(
      ...'{}[],:"\\0 1-.eE+',
      'null',
      'true',
      '"a"',
      '"a":',
      '{"a":1}',
      '[]',
      '\u0000',
    )
    const text = fc.array(signs, { maxLength: 8 }).map((parts) => parts.join(''))
    let whole = 0
    fc.assert(
      fc.property(text, (candidate) => {
        let expected: unknown = SyntaxError
        try {
          expected = JSON.parse(candidate)
          whole += 1
        } catch {
          expect(() => parse(candidate), candidate).toThrow(SyntaxError)
          return
        }
        expect(parse(candidate), candidate).toEqual(expected)
      }),
      { numRuns: 20_000 },
    )
    expect(whole).toBeGreaterThan(100)
  })

  it('takes __proto__ for a key', () => {
    const text = '{"__proto__":{"a":1},"b":{"__proto__":[]}}'
    expect(JSON.stringify(parse(text))).toBe(text)
    expect(Reflect.get({}, 'a')).toBeUndefined()
  })
})

describe('JSON that is written in steps', () => {
  it('is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(object, (value) => {
        expect(write(value)).toBe(JSON.stringify(value))
      }),
      { numRuns: 1_000 },
    )
  })

  it('is 64 levels deep at most, and 4 MiB long', () => {
    const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`)
    expect(write(deep(64))).toBe(JSON.stringify(deep(64)))
    expect(write(deep(65))).toContain('more than 64 levels deep')
    const length = 4 * 1024 * 1024 - '{"a":""}'.length
    expect(write({ a: 'x'.repeat(length) })).toHaveLength(4 * 1024 * 1024)
    expect(write({ a: 'x'.repeat(length + 1) })).toBe('it: longer than 4194304 characters')
    expect(write({ a: Array.from({ length: 3_000_000 }, () => 1) })).toBe(
      'it: longer than 4194304 characters',
    )
  })
})

it('a long text is cut between characters, and is the same again', () => {
  const unit = fc.constantFrom('x', 'é', '漢', '😀', '\u0000')
  const around = fc.tuple(fc.integer({ min: -3, max: 3 }), fc.array(unit, { minLength: 1, maxLength: 9 }))
  fc.assert(
    fc.property(around, ([shift, tail]) => {
      const text = 'x'.repeat(longTextLength + shift) + tail.join('') + 'é'.repeat(longTextLength)
      expect(finishNow(decodeLongText(finishNow(encodeLongText(text)))) === text).toBe(true)
    }),
    { numRuns: 100 },
  )
})
