import { isPlainObject } from '../../protocol/json-form.js'
import { maxJsonDepth, maxJsonLength } from '../../protocol/limits.js'

type Fields = Readonly<Record<string, unknown>>

/** An object or a list that is being written. */
interface Frame {
  readonly object: Fields
  /** Of an object; a list has none. */
  readonly keys: readonly string[] | undefined
  readonly list: readonly unknown[]
  readonly length: number
  /** How many of its values were begun. */
  begun: number
}

const noList: readonly unknown[] = []
const noObject: Fields = {}

/** V8 keeps a text that was put together as a tree of its parts; from this length on it is made a text again. */
const pieceLength = 16 * 1024

/**
 * Writes an object as JSON, reading each of its values once, and as much at a time as it is told. `JSON.stringify` would do
 * it all at once, and leave out or alter what JSON can not carry.
 */
export class JsonWriter {
  readonly #name: string
  readonly #stack: Frame[] = []
  readonly #pieces: string[] = []
  #piecesLength = 0
  #text = ''
  /** Why the object is refused: where something is wrong, and what. */
  problem: string | undefined

  /** @param name what to call the object where something in it is wrong. */
  constructor(object: unknown, name: string) {
    this.#name = name
    if (isPlainObject(object)) this.#open(object)
    else this.problem = `${name}: ${describe(object)}`
  }

  /** Writes so many characters more, or to the end or a problem: then it is done. */
  run(characters: number): boolean {
    const end = this.length + characters
    const stack = this.#stack
    for (let frame = stack.at(-1); frame !== undefined && this.problem === undefined; frame = stack.at(-1)) {
      if (this.#piecesLength + this.#text.length > end) return false
      const { keys, begun } = frame
      if (begun === frame.length) {
        stack.pop()
        this.#text += keys === undefined ? ']' : '}'
      } else {
        frame.begun = begun + 1
        if (begun > 0) this.#text += ','
        this.#writeItem(frame, keys?.[begun], begun)
      }
      if (this.#text.length > pieceLength) this.#cut()
    }
    if (this.length > maxJsonLength) this.#refuseLength()
    return true
  }

  get length(): number {
    return this.#piecesLength + this.#text.length
  }

  /** All of it, once it is done. */
  text(): string {
    return this.#pieces.length === 0 ? this.#text : this.#pieces.join('') + this.#text
  }

  /** All of it in pieces, once it is done. */
  pieces(): readonly string[] {
    this.#cut()
    return this.#pieces
  }

  #writeItem(frame: Frame, key: string | undefined, index: number): void {
    if (key !== undefined) this.#text += `${JSON.stringify(key)}:`
    const value = key === undefined ? frame.list[index] : frame.object[key]
    if (typeof value === 'string') this.#writeText(value)
    else if (typeof value === 'number' && Number.isFinite(value)) this.#text += String(value)
    else if (typeof value === 'boolean' || value === null) this.#text += String(value)
    else if (Array.isArray(value) || isPlainObject(value)) this.#open(value)
    else this.problem = `${this.#path()}: ${describe(value)}`
  }

  /** Escaping takes as long as the text is, and here nothing can come between. */
  #writeText(text: string): void {
    if (text.length > maxJsonLength) this.#refuseLength()
    else this.#text += JSON.stringify(text)
  }

  #open(value: Fields | readonly unknown[]): void {
    if (hasHiddenForm(value)) {
      this.problem = `${this.#path()}: an object with a toJSON of its own`
    } else if (isList(value)) {
      this.#push('[', { object: noObject, keys: undefined, list: value, length: value.length, begun: 0 })
    } else {
      const keys = Object.keys(value)
      this.#push('{', { object: value, keys, list: noList, length: keys.length, begun: 0 })
    }
  }

  #push(bracket: '[' | '{', frame: Frame): void {
    if (this.#stack.length >= maxJsonDepth && frame.length > 0) {
      this.problem = `${this.#path()}: more than ${maxJsonDepth} levels deep`
    }
    this.#stack.push(frame)
    this.#text += bracket
  }

  #cut(): void {
    // Looking at a character flattens the tree, which would else be all of the memory and most of the time that this takes.
    this.#text.charCodeAt(0)
    this.#piecesLength += this.#text.length
    this.#pieces.push(this.#text)
    this.#text = ''
    if (this.#piecesLength > maxJsonLength) this.#refuseLength()
  }

  #refuseLength(): void {
    this.problem ??= `${this.#name}: longer than ${maxJsonLength} characters`
  }

  /** Where the value is that was read last, as one would write it in JavaScript. */
  #path(): string {
    const steps = this.#stack.map(({ keys, begun }) => {
      const key = keys?.[begun - 1]
      if (key === undefined) return `[${begun - 1}]`
      return /^[\w$]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`
    })
    return this.#name + steps.join('')
  }
}

const isList = (value: Fields | readonly unknown[]): value is readonly unknown[] => Array.isArray(value)

/** It would be another object as JSON than it is to look at. As a key like any other it is none of our business. */
const hasHiddenForm = (source: object): boolean =>
  'toJSON' in source && !Object.prototype.propertyIsEnumerable.call(source, 'toJSON')

function describe(value: unknown): string {
  if (typeof value === 'number' || value === undefined || value === null) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  const name = Object.prototype.toString.call(value).slice(8, -1)
  return name === 'Object' ? 'an instance of a class' : name === 'Array' ? 'a list' : `a ${name}`
}
