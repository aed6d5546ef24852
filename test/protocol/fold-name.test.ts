import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { foldName } from '../../src/protocol/fold-name.js'

/** Every character there may be. */
const characters = Array.from({ length: 0x110000 }, (_, code) => code)
  .filter((code) => code < 0xd800 || code > 0xdfff)
  .map((code) => String.fromCodePoint(code))

const hex = (text: string): string => [...text].map((c) => c.codePointAt(0)?.toString(16)).join(' ')

/** The rows of Unicode's CaseFolding.txt (14.0) whose status is F: characters that fold to several. None ever changes. */
const fullFoldings = readFileSync(new URL('../fixtures/full-case-folding.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' ').map((code) => String.fromCodePoint(Number.parseInt(code, 16))))

describe('the folded form of a name', () => {
  it.each([
    ['ΟΔΟΣ', 'οδος'],
    ['IŞIK', 'ışık'],
    ['İstanbul', 'istanbul'],
    ['STRASSE', 'Straße'],
    ['ẞ', 'ß'],
    ['ﬁne', 'FINE'],
    ['ÉLODIE', 'e\u0301lodie'],
    ['ǅ', 'ǆ'],
    ['ᾼ', 'αι'],
    ['K', 'k'],
    ['ſ', 'S'],
  ])('is one for %s and %s', (a, b) => expect(foldName(a)).toBe(foldName(b)))

  it('is one for all forms of every character that JavaScript knows', () => {
    const unlike = characters.flatMap((character) => {
      const folded = foldName(character)
      const forms = [
        character.toUpperCase(),
        character.toLowerCase(),
        character.normalize('NFD'),
        character.normalize('NFKD'),
        folded,
      ]
      return forms.filter((form) => form !== character && foldName(form) !== folded).map(() => hex(character))
    })
    expect(unlike).toEqual([])
  })

  it('is one for all characters that a regular expression takes for each other, whatever the case', () => {
    const cased = characters.filter((c) => c.toLowerCase() !== c || c.toUpperCase() !== c)
    expect(cased.length).toBeGreaterThan(2_500)
    const all = cased.join('')
    const unlike = cased.flatMap((character) =>
      (all.match(new RegExp(character, 'giu')) ?? []).filter((c) => foldName(c) !== foldName(character)),
    )
    expect(unlike).toEqual([])
  })

  it('is that of what Unicode folds a character to, where that is several', () => {
    expect(fullFoldings).toHaveLength(104)
    for (const [character = '', ...folding] of fullFoldings) {
      expect(foldName(character), hex(character)).toBe(foldName(folding.join('')))
    }
  })

  it('of texts that mix all this folds to itself, and is that of their other cases', () => {
    const telling = characters.filter(
      (c) => /\p{M}/u.test(c) || c.toLowerCase() !== c || c.toUpperCase() !== c || c.normalize('NFKC') !== c,
    )
    const text = fc
      .array(fc.oneof(fc.constantFrom(...telling), fc.constantFrom(...'iIİı\u0307\u0323\u0345σςΣßẞﬃαs')), {
        maxLength: 6,
      })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (name) => {
        const folded = foldName(name)
        // In marks that are not in their normal order one of them would become a letter of another place.
        const normal = name.normalize('NFKD')
        const forms = [folded, normal, name.normalize('NFC'), normal.toUpperCase(), normal.toLowerCase()]
        return forms.every((form) => foldName(form) === folded)
      }),
      { numRuns: 20_000 },
    )
  })

  it('keeps what differs in more than case apart', () => {
    for (const [a, b] of [
      ['e', 'é'],
      ['o', '0'],
      ['а', 'a'],
      ['ss', 's'],
    ] as const) {
      expect(foldName(a)).not.toBe(foldName(b))
    }
  })
})
