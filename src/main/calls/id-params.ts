/** What a call on one thing takes: its id bare, or in an object as every other call. */
export type IdOr<Field extends string> = string | { readonly [Key in Field]: string }

/** What a call on many things takes: the list bare, or in an object. */
export type ListOr<Item, Whole> = readonly Item[] | Whole

export function idParams<Field extends string>(
  field: Field,
  value: IdOr<Field>,
): { readonly [Key in Field]: string }
export function idParams(field: string, value: unknown): unknown {
  return typeof value === 'object' && value !== null ? value : { [field]: value }
}

/** What can not be looked at (a revoked proxy) is refused where it is read. */
export function isList<Item, Whole extends object>(value: ListOr<Item, Whole>): value is readonly Item[] {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}
