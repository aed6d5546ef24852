import {
  cursor,
  count,
  dimension,
  hash,
  id,
  list,
  nullable,
  object,
  optional,
  time,
  words,
} from '../fields.js'
import { read, write, writeAfterIndexing } from '../operation.js'
import type {
  ExportKind,
  ExportRowsParams,
  ForgottenUser,
  NewModel,
  UserActivity,
} from '../transfer-parameters.js'
import { exportedLines } from '../result-models.js'
import { wholeNumber } from '../results.js'

/** In the order in which an import needs them. */
export const exportKinds: readonly ExportKind[] = [
  'forgotten',
  'model',
  'channel',
  'user',
  'message',
  'version',
  'reaction',
  'activity',
  'profile',
  'segment',
  'embedding',
]

/** Schemas of one line of an import. */
export const forgottenUser = object<ForgottenUser>({ userHash: hash, forgottenAt: time })
export const newModel = object<NewModel>({ model: id, dimension })
export const userActivity = object<UserActivity>({
  userId: id,
  messageCount: count,
  firstSeen: time,
  lastActive: nullable(time),
  deletedAt: nullable(time),
})

/** What nobody but an export and its import needs: everything that other operations neither tell nor set. */
export const transferOperations = {
  exportRows: read({
    access: 'admin',
    params: object<ExportRowsParams>({
      kind: words(...exportKinds),
      channelId: optional(id),
      upTo: optional(cursor),
      cursor: optional(cursor),
    }),
    result: exportedLines,
  }),
  importForgottenUsers: writeAfterIndexing({
    access: 'admin',
    params: object<{ readonly users: readonly ForgottenUser[] }>({ users: list(forgottenUser) }),
    result: wholeNumber,
  }),
  importModels: write({
    access: 'admin',
    params: object<{ readonly models: readonly NewModel[] }>({ models: list(newModel) }),
    result: wholeNumber,
  }),
  importUserActivity: writeAfterIndexing({
    access: 'admin',
    params: object<{ readonly users: readonly UserActivity[] }>({ users: list(userActivity) }),
    result: wholeNumber,
  }),
}
