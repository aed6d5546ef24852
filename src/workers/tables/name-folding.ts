import { foldName } from '../../protocol/fold-name.js'
import type { ReadConnection, WriteConnection } from '../connection/connection.js'
import { indexDisplayName } from './user-name-suffixes.js'
import { listDisplayNames, saveFoldedName } from './users.js'

/** What `foldName` depends on: other versions of Unicode have other letters. */
const foldVersion = `1/${process.versions['unicode']}`

const selectVersion = `SELECT version FROM name_folding WHERE id = 1`
const updateVersion = `UPDATE name_folding SET version = ? WHERE id = 1`

const namesInStep = 1_000

/** Whether the names in the file are folded as this process folds them. */
export const isFoldedAsHere = (connection: ReadConnection): boolean =>
  connection.get<{ version: string }>(selectVersion)?.version === foldVersion

/** Folds all names anew, inside whatever transaction there is, where another version had folded them. */
export function refoldNames(connection: WriteConnection): void {
  if (isFoldedAsHere(connection)) return
  let names = listDisplayNames(connection, 0, namesInStep)
  for (let last = names.at(-1); last !== undefined; last = names.at(-1)) {
    for (const { userKey, displayName, foldedName } of names) {
      if (foldedName === foldName(displayName)) continue
      saveFoldedName(connection, userKey, foldName(displayName))
      indexDisplayName(connection, userKey, displayName)
    }
    names = listDisplayNames(connection, last.userKey, namesInStep)
  }
  connection.run(updateVersion, [foldVersion])
}
