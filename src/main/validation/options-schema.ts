import { Type, type TSchema } from 'typebox'

export const optional = Type.Optional

/** Options of exactly these names: an unknown one is most likely a typing error, so it is refused by name. */
export const object = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false })

export const abortSignal = Type.Refine(
  Type.Unsafe<AbortSignal>({}),
  (value) => value instanceof AbortSignal,
  () => 'an AbortSignal',
)
