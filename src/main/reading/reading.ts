import { ConvoDbError } from '../../protocol/errors.js'

/**
 * How much a call may carry, in characters, to be read before it returns: 1,000 items with 250,000 characters of text or 60,000
 * of JSON, and a little more. It takes a few milliseconds; what is larger is read in steps.
 */
const weightAtOnce = 512 * 1024

/** What an error names where it is no field of theirs that is wrong. */
export const allOfThem = 'the parameter'

/** One call's parameters on their way from the caller: where the reading is, and how much it has read. */
export class Reading {
  /** Characters, and what else takes as long. */
  weight = 0
  /** The list that is being read, and the place in it. */
  list: string | undefined
  index = 0
  /** The field that is being read, of an item or of the parameters themselves. */
  field = ''
  /** Whether something was begun that has to be finished in steps. */
  hasUnfinished = false

  /** To be called before each item that is read in steps: each has all the room there is. */
  startStep(): void {
    this.weight = 0
    this.hasUnfinished = false
  }

  /** How much more may be read at once. */
  get room(): number {
    return weightAtOnce - this.weight
  }

  /** @throws INVALID_ARGUMENT naming the field; `expectation` reads after its name */
  refuse(expectation: string): never {
    const item = this.list === undefined ? '' : `${this.list}[${this.index}]`
    const field = (item === '' || this.field === '' ? item + this.field : `${item}.${this.field}`).slice(
      0,
      200,
    )
    const name = field === '' ? allOfThem : field
    throw new ConvoDbError('INVALID_ARGUMENT', `${name} ${expectation}`, { field: name })
  }
}

/** Reads one value, once, into the form in which it crosses threads. @throws INVALID_ARGUMENT */
export type Reader<Value = unknown> = (given: unknown, reading: Reading) => Value

/** Whatever a caller's getter or proxy threw while its parameters were read; what it threw is not shown to anybody. */
export const unreadable = (): ConvoDbError =>
  new ConvoDbError('INVALID_ARGUMENT', `${allOfThem} can not be read: a getter or a proxy of it threw`, {
    field: allOfThem,
  })
