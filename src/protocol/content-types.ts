import type { JsonObject } from './models.js'
import type { Params, OperationName, Result } from './operations.js'
import type { Patch } from './parameters.js'

/**
 * A program's own types in place of JSON objects: of every `metadata`, and of profiles. They are what the program says they are;
 * whether something is JSON is checked when it is stored.
 */
type Typed<Value, Metadata, Profile> = Value extends Date | Float32Array
  ? Value
  : Value extends object
    ? {
        [Key in keyof Value]: Key extends 'metadata'
          ? Exclude<Value[Key], JsonObject> | Metadata
          : Key extends 'profile'
            ? Profile
            : Typed<Value[Key], Metadata, Profile>
      }
    : Value

export type TypedParams<N extends OperationName, Metadata extends object, Profile extends object> = Typed<
  Params<N>,
  Metadata,
  Patch<Profile>
>

export type TypedResult<N extends OperationName, Metadata extends object, Profile extends object> = Typed<
  Result<N>,
  Metadata,
  Profile
>
