import { foldName } from '../fold-name.js'

/** What a character is to a search. */
export const kinds = {
  /** Not looked at yet. */
  unknown: 0,
  /** Ends a word. */
  separator: 1,
  /** Of a script that has spaces between its words. */
  letter: 2,
  /** Of a script that has none, so that every two neighbours are a word. */
  spaceless: 3,
  /** A word by itself, as an emoji is. */
  alone: 4,
  /** Nothing of it is left when it is folded: an accent, a variation selector. */
  ignored: 5,
  /** May become one with the character before it: a Japanese voicing mark, a part of a Korean syllable. */
  joining: 6,
  /** Half of a pair, or several characters when it is folded. */
  several: 7,
} as const

type CharacterKind = (typeof kinds)[keyof typeof kinds]

// Accents of Latin, Greek and Cyrillic; points of Hebrew and Arabic, which are seldom written; what only says how a character is drawn.
// Vowel signs of other scripts are letters. (https://www.unicode.org/charts/: the blocks of combining marks.)
const ignorable: readonly (readonly [first: number, last: number])[] = [
  [0xad, 0xad],
  [0x03_00, 0x03_6f],
  [0x04_83, 0x04_89],
  [0x05_91, 0x05_bd],
  [0x05_bf, 0x05_bf],
  [0x05_c1, 0x05_c2],
  [0x05_c4, 0x05_c5],
  [0x05_c7, 0x05_c7],
  [0x06_10, 0x06_1a],
  [0x06_4b, 0x06_5f],
  [0x06_70, 0x06_70],
  [0x06_d6, 0x06_dc],
  [0x06_df, 0x06_e4],
  [0x06_e7, 0x06_e8],
  [0x06_ea, 0x06_ed],
  [0x1a_b0, 0x1a_ff],
  [0x1d_c0, 0x1d_ff],
  [0x20_0b, 0x20_0d],
  [0x20_60, 0x20_60],
  [0x20_d0, 0x20_ff],
  [0xfe_00, 0xfe_0f],
  [0xfe_20, 0xfe_2f],
  [0xfe_ff, 0xfe_ff],
  [0x1_f3_fb, 0x1_f3_ff],
  [0xe_01_00, 0xe_01_ef],
]

function isIgnorable(character: string): boolean {
  const codePoint = character.codePointAt(0) ?? 0
  return ignorable.some(([first, last]) => codePoint >= first && codePoint <= last)
}

// In functions, since V8 reads these when it compiles what they stand in, and not every thread looks at characters.
const isJoining = (character: string): boolean => /^[\u1100-\u11FF\u3099\u309A]$/u.test(character)
const isWritten = (character: string): boolean => /^[\p{L}\p{N}\p{M}]$/u.test(character)
// Regional indicators come in pairs, which are flags.
const isSpaceless = (character: string): boolean =>
  /^[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script_Extensions=Bopomofo}\p{Script_Extensions=Hangul}\p{Script=Yi}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tai_Le}\p{Script=New_Tai_Lue}\p{Script=Tai_Tham}\p{Regional_Indicator}]$/u.test(
    character,
  )
const isPictograph = (character: string): boolean => /^\p{Extended_Pictographic}$/u.test(character)

/**
 * One character as it is searched for: without case, compatibility form and accent. It may be none, or several: what is written with
 * one character or with its parts is the same. Only those parts are put together again that are so in a text, too.
 */
export function foldCharacter(character: string): string {
  const parts = Array.from(foldName(character).normalize('NFD')).filter((part) => !isIgnorable(part))
  const folded = parts.join('')
  return parts.some((part) => isJoining(part)) ? folded.normalize('NFC') : folded
}

/** Of a character that is folded. */
function kindOfFolded(character: string): CharacterKind {
  if (isJoining(character)) return kinds.joining
  if (isPictograph(character) && !isWritten(character)) return kinds.alone
  if (isSpaceless(character) && (isWritten(character) || /\p{Regional_Indicator}/u.test(character)))
    return kinds.spaceless
  return isWritten(character) ? kinds.letter : kinds.separator
}

interface Character {
  readonly kind: CharacterKind
  readonly folded: number
}

function look(codePoint: number): Character {
  const folded = foldCharacter(String.fromCodePoint(codePoint))
  const [character, another] = folded
  if (character === undefined) return { kind: kinds.ignored, folded: codePoint }
  if (another !== undefined) return { kind: kinds.several, folded: codePoint }
  return { kind: kindOfFolded(character), folded: character.codePointAt(0) ?? codePoint }
}

const planeLength = 0x1_00_00
/** Of the first plane, filled as characters are met: a scan looks here first. Of the others there are few. */
export const kindOf = new Uint8Array(planeLength)
/** Of the first plane, where the kind is known. */
export const foldedOf = new Uint32Array(planeLength)
const others = new Map<number, Character>()

function remember(codePoint: number): Character {
  const other = others.get(codePoint)
  if (other !== undefined) return other
  const character = look(codePoint)
  if (codePoint >= planeLength) others.set(codePoint, character)
  else {
    kindOf[codePoint] = character.kind
    foldedOf[codePoint] = character.folded
  }
  return character
}

/** What a code point is, once it is folded. */
export function characterKind(codePoint: number): number {
  const known = codePoint < planeLength ? (kindOf[codePoint] ?? kinds.unknown) : kinds.unknown
  return known === kinds.unknown ? remember(codePoint).kind : known
}

/** The code point that one becomes when it is folded; of the kinds `several` and `ignored` there is none. */
export const foldedCodePoint = (codePoint: number): number =>
  codePoint < planeLength && kindOf[codePoint] !== kinds.unknown
    ? (foldedOf[codePoint] ?? codePoint)
    : remember(codePoint).folded
