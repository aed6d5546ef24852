import { ConvoDbError, operations, type Params } from '../main/index.js'
import { newEmbedding } from '../protocol/operations/embeddings.js'
import { forgottenUser, newModel, userActivity } from '../protocol/operations/transfer.js'
import { importedReaction, importedVersion } from '../protocol/operations/history.js'
import type { ImportedReaction, ImportedVersion } from '../protocol/history-parameters.js'
import type { NewEmbedding } from '../protocol/embedding-parameters.js'
import type { ForgottenUser, NewModel, UserActivity } from '../protocol/transfer-parameters.js'
import { checkParams } from '../main/reading/read-params.js'
import { fieldNames, renameFields, type FieldNames, type Fields } from './ndjson.js'
import { readTimes, type TimeReading } from './time-fields.js'

/** What only lines of an export hold. */

const namesOf = (properties: object): FieldNames => fieldNames(Object.keys(properties))

const profileNames = namesOf(operations.updateProfile.params.properties)
const embeddingNames = namesOf(newEmbedding.properties)
const modelNames = namesOf(newModel.properties)
const forgottenNames = namesOf(forgottenUser.properties)
const activityNames = namesOf(userActivity.properties)
const reactionNames = namesOf(importedReaction.properties)
const versionNames = namesOf(importedVersion.properties)

/** Each of these reads one line's fields. @throws INVALID_ARGUMENT naming the field that is wrong */

export const readProfile = (line: Fields, times: TimeReading): Params<'updateProfile'> =>
  checkParams('updateProfile', readTimes(renameFields(line, profileNames), ['updatedAt'], times))

export function readEmbedding(line: Fields, times: TimeReading): NewEmbedding {
  const fields = readTimes(renameFields(line, embeddingNames), ['createdAt'], times)
  return checkOne(
    'embeddings',
    (embeddings) => checkParams('storeEmbeddings', { embeddings }).embeddings,
    fields,
  )
}

export const readModel = (line: Fields): NewModel =>
  checkOne(
    'models',
    (models) => checkParams('importModels', { models }).models,
    renameFields(line, modelNames),
  )

export function readForgottenUser(line: Fields, times: TimeReading): ForgottenUser {
  const fields = readTimes(renameFields(line, forgottenNames), ['forgottenAt'], times)
  return checkOne('users', (users) => checkParams('importForgottenUsers', { users }).users, fields)
}

export function readActivity(line: Fields, times: TimeReading): UserActivity {
  const fields = readTimes(renameFields(line, activityNames), ['firstSeen', 'lastActive', 'deletedAt'], times)
  return checkOne('users', (users) => checkParams('importUserActivity', { users }).users, fields)
}

export function readReaction(line: Fields, times: TimeReading): ImportedReaction {
  const fields = readTimes(renameFields(line, reactionNames), ['reactedAt', 'removedAt'], times)
  return checkOne('reactions', (reactions) => checkParams('importReactions', { reactions }).reactions, fields)
}

export function readVersion(line: Fields, times: TimeReading): ImportedVersion {
  const fields = readTimes(renameFields(line, versionNames), ['editedAt', 'replacedAt'], times)
  return checkOne(
    'versions',
    (versions) => checkParams('importMessageVersions', { versions }).versions,
    fields,
  )
}

/** A line holds one item of what the call takes a list of, and its fields are named as they are in the line. */
function checkOne<Item>(
  list: string,
  check: (items: readonly Fields[]) => readonly Item[],
  fields: Fields,
): Item {
  try {
    const [item] = check([fields])
    if (item === undefined) throw new TypeError('A list of one has none')
    return item
  } catch (error) {
    const prefix = `${list}[0].`
    if (!(error instanceof ConvoDbError) || !error.message.startsWith(prefix)) throw error
    throw new ConvoDbError(error.code, error.message.slice(prefix.length), error.details)
  }
}
