import { suffixesOf } from '../tables/user-name-suffixes.js'
import type { Check, Inspection } from './inspection.js'
import { usersByKey, walk } from './walk.js'

const selectNames = `
  SELECT user_key AS key, folded_name AS foldedName FROM users
  WHERE user_key > :after AND user_key <= :through`
// A range of user_name_suffixes_by_user.
const selectSuffixes = `
  SELECT user_key AS key, suffix FROM user_name_suffixes
  WHERE user_key > :after AND user_key <= :through`

interface Name {
  readonly key: number
  readonly foldedName: string | null
}

interface Entry {
  readonly key: number
  readonly suffix: string
}

/** The search index of display names against the names. Entries of users that are not there break a foreign key. */
export const names: Check = {
  name: 'names',
  snapshot: 'slice',
  run(inspection) {
    const { connection } = inspection
    walk(inspection, usersByKey, (range) => {
      const suffixes = new Map<number, Set<string>>()
      for (const { key, suffix } of connection.all<Entry>(selectSuffixes, { ...range })) {
        const known = suffixes.get(key)
        if (known === undefined) suffixes.set(key, new Set([suffix]))
        else known.add(suffix)
      }
      for (const name of connection.all<Name>(selectNames, { ...range })) {
        compare(inspection, name, suffixes.get(name.key) ?? new Set())
      }
    })
  },
}

function compare(inspection: Inspection, { key, foldedName }: Name, actual: ReadonlySet<string>): void {
  const expected = new Set(suffixesOf(foldedName ?? ''))
  const where = { table: 'user_name_suffixes', key: String(key) }
  if ([...expected].some((suffix) => !actual.has(suffix))) {
    inspection.report({ ...where, message: 'The user is not found by every part of their name' })
  }
  if ([...actual].some((suffix) => !expected.has(suffix))) {
    inspection.report({ ...where, message: 'The user is found by what is no part of their name' })
  }
}
