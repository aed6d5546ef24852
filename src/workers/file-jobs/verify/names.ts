import { foldName } from '../../../protocol/fold-name.js'
import { isFoldedAsHere } from '../../tables/name-folding.js'
import { suffixesOf } from '../../tables/user-name-suffixes.js'
import type { Check, Inspection } from './inspection.js'
import { usersByKey, walk } from './walk.js'

const selectNames = `
  SELECT user_key AS key, display_name AS displayName, folded_name AS foldedName FROM users
  WHERE user_key > :after AND user_key <= :through`
// A range of user_name_suffixes_by_user.
const selectSuffixes = `
  SELECT user_key AS key, suffix FROM user_name_suffixes
  WHERE user_key > :after AND user_key <= :through`

interface Name {
  readonly key: number
  readonly displayName: string | null
  readonly foldedName: string | null
}

interface Entry {
  readonly key: number
  readonly suffix: string
}

/**
 * The folded form of display names against the names, where this process folds like the one that wrote them; and the search
 * index against both. Entries of users that are not there break a foreign key.
 */
export const names: Check = {
  name: 'names',
  snapshot: 'slice',
  run(inspection) {
    const { connection } = inspection
    const isComparable = isFoldedAsHere(connection)
    walk(inspection, usersByKey, (range) => {
      const suffixes = new Map<number, Set<string>>()
      for (const { key, suffix } of connection.all<Entry>(selectSuffixes, { ...range })) {
        const known = suffixes.get(key)
        if (known === undefined) suffixes.set(key, new Set([suffix]))
        else known.add(suffix)
      }
      for (const name of connection.all<Name>(selectNames, { ...range })) {
        if (isComparable) compareForms(inspection, name)
        compare(inspection, name, suffixes.get(name.key) ?? new Set())
      }
    })
  },
}

function compareForms(inspection: Inspection, { key, displayName, foldedName }: Name): void {
  if (foldedName === (displayName === null ? null : foldName(displayName))) return
  const message = 'The form in which the name is searched for is not that of the name'
  inspection.report({ table: 'users', key: String(key), message })
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
