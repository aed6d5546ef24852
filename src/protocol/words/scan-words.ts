import { characterKind, foldCharacter, foldedCodePoint, foldedOf, kindOf, kinds } from './characters.js'

/** Of a longer word so many characters count. */
export const maxWordLength = 64

/** What a scan finds: runs of characters, folded, as code points. What it is given is overwritten by the next run. */
export interface RunSink {
  /**
   * @param isSpaceless of a script without spaces, of which each character stands by itself; else the run is one word, of which no
   *   more is told than counts
   * @param from where each character's source begins, and `to` where it ends, in UTF-16 units of the text
   */
  run(run: Run, isSpaceless: boolean): void
}

const keptLength = 65_536

/** Grows as needed, and is used again and again: a run is seldom long, and never kept. */
export class Run {
  codePoints = new Uint32Array(64)
  /** Where each one's source begins in the text, and where it ends, in UTF-16 units. */
  from = new Uint32Array(64)
  to = new Uint32Array(64)
  length = 0

  push(codePoint: number, from: number, to: number): void {
    if (this.length === this.codePoints.length) this.#grow()
    const at = this.length
    this.codePoints[at] = codePoint
    this.from[at] = from
    this.to[at] = to
    this.length = at + 1
  }

  /** Gives back what a very long text has taken. */
  clear(): void {
    this.length = 0
    if (this.codePoints.length <= keptLength) return
    this.codePoints = new Uint32Array(64)
    this.from = new Uint32Array(64)
    this.to = new Uint32Array(64)
  }

  #grow(): void {
    const grow = (old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
      const grown = new Uint32Array(2 * old.length)
      grown.set(old)
      return grown
    }
    this.codePoints = grow(this.codePoints)
    this.from = grow(this.from)
    this.to = grow(this.to)
  }
}

const run = new Run()
let kindOfRun: number = kinds.letter

function endRun(sink: RunSink): void {
  if (run.length === 0) return
  sink.run(run, kindOfRun === kinds.spaceless)
  run.clear()
}

/**
 * Finds the words of a text: letters and digits of scripts with spaces, run by run; characters of scripts without, of which
 * neighbours are words; emoji. All else is between words. The index, questions and marks all go by it.
 */
export function scanWords(text: string, sink: RunSink): void {
  run.clear()
  const { length } = text
  for (let at = 0; at < length; at += 1) {
    const unit = text.charCodeAt(at)
    const kind = kindOf[unit]
    if (kind === kinds.letter || kind === kinds.spaceless)
      append(sink, foldedOf[unit] ?? unit, kind, at, at + 1)
    else if (kind === kinds.separator) endRun(sink)
    else at += special(sink, text, at)
  }
  endRun(sink)
}

function append(sink: RunSink, codePoint: number, kind: number, from: number, to: number): void {
  if (kind !== kindOfRun || kind === kinds.alone) {
    endRun(sink)
    kindOfRun = kind
  }
  if (run.length === maxWordLength && kind === kinds.letter) run.to[maxWordLength - 1] = to
  else run.push(codePoint, from, to)
}

/** What is no plain character of the first plane, or is met for the first time; gives how many further units it takes. */
function special(sink: RunSink, text: string, at: number): number {
  const codePoint = text.codePointAt(at) ?? 0
  const units = codePoint > 0xff_ff ? 2 : 1
  const to = at + units
  if (codePoint >= 0xd8_00 && codePoint <= 0xdf_ff) endRun(sink)
  else if (characterKind(codePoint) !== kinds.several)
    place(sink, foldedCodePoint(codePoint), characterKind(codePoint), at, to)
  else
    for (const character of foldCharacter(String.fromCodePoint(codePoint))) {
      const folded = character.codePointAt(0) ?? 0
      place(sink, folded, characterKind(folded), at, to)
    }
  return units - 1
}

function place(sink: RunSink, codePoint: number, kind: number, from: number, to: number): void {
  switch (kind) {
    case kinds.letter:
    case kinds.spaceless:
    case kinds.alone:
      append(sink, codePoint, kind, from, to)
      return
    case kinds.joining:
      join(sink, codePoint, from, to)
      return
    case kinds.ignored:
      // An accent belongs to the letter before it, a skin to its emoji, and so does their source.
      if (run.length > 0) run.to[run.length - 1] = to
      return
    default:
      endRun(sink)
  }
}

/** Becomes one with the character before it where Unicode has one for the two. */
function join(sink: RunSink, codePoint: number, from: number, to: number): void {
  const before = run.codePoints[run.length - 1]
  const joined = String.fromCodePoint(before ?? 0, codePoint).normalize('NFC')
  if (run.length > 0 && kindOfRun === kinds.spaceless && [...joined].length === 1) {
    run.codePoints[run.length - 1] = joined.codePointAt(0) ?? codePoint
    run.to[run.length - 1] = to
    return
  }
  append(sink, codePoint, kinds.spaceless, from, to)
}
