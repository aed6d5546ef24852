import type { MessageRows } from './message-rows.js'
import type { ChangeEvent, Message } from './models.js'

/** A point in time as callers may give it: a Date, ISO 8601 text (UTC where no zone is given), epoch milliseconds. */
export type TimeInput = Date | string | number

/** A vector as callers may give it: floats, or base64 of little-endian float32. */
export type VectorInput = Float32Array | readonly number[] | string

/**
 * The form in which a value crosses threads: times as epoch milliseconds, vectors as Float32Array, JSON objects as
 * JSON text, lists of messages and of changes as rows of JSON. Made from what the caller sees, so that the two can not drift apart.
 */
export type Wire<T> =
  Accepts<T, Date, TimeInput> extends true
    ? number | Extract<T, null | undefined>
    : Accepts<T, Float32Array, VectorInput> extends true
      ? Float32Array | Extract<T, null | undefined>
      : T extends readonly (infer Item)[]
        ? [Item] extends [Message | ChangeEvent]
          ? MessageRows
          : readonly Wire<Item>[]
        : T extends object
          ? IsJsonObject<T> extends true
            ? string
            : { readonly [Key in keyof T]: Wire<T[Key]> | WhenOptional<T, Key> }
          : T

/** Whether a field of type T takes `Typical`, and nothing beyond `All` and being absent. */
type Accepts<T, Typical, All> = [Typical] extends [T]
  ? [T] extends [All | null | undefined]
    ? true
    : false
  : false

/** A field that may be left out may also be given as `undefined`: JavaScript callers make no difference. */
type WhenOptional<T, Key extends keyof T> = Partial<Pick<T, Key>> extends Pick<T, Key> ? undefined : never

/** Of all our types only JSON objects take any key. */
type IsJsonObject<T> = string extends keyof T ? true : false
