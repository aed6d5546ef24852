import { Type, type Static } from 'typebox'
import { count, dimension, hash, id, list, nullable, object, optional, time } from '../fields.js'
import { read, write, writeAfterIndexing } from '../operation.js'
import { exportedLines } from '../result-models.js'
import { wholeNumber } from '../results.js'

const kind = Type.Union([
  Type.Literal('forgotten'),
  Type.Literal('model'),
  Type.Literal('channel'),
  Type.Literal('user'),
  Type.Literal('message'),
  Type.Literal('activity'),
  Type.Literal('profile'),
  Type.Literal('segment'),
  Type.Literal('embedding'),
])

/** What an export has lines of. */
export type ExportKind = Static<typeof kind>

/** In the order in which an import needs them. */
export const exportKinds: readonly ExportKind[] = kind.anyOf.map((literal) => literal.const)

/** What nobody but an export and its import needs: everything that other operations neither tell nor set. */
export const transferOperations = {
  exportRows: read({
    access: 'admin',
    params: object({ kind, channelId: optional(id), upTo: optional(id), cursor: optional(id) }),
    result: exportedLines,
  }),
  importForgottenUsers: writeAfterIndexing({
    access: 'admin',
    params: object({ users: list(object({ userHash: hash, forgottenAt: time })) }),
    result: wholeNumber,
  }),
  importModels: write({
    access: 'admin',
    params: object({ models: list(object({ model: id, dimension })) }),
    result: wholeNumber,
  }),
  importUserActivity: writeAfterIndexing({
    access: 'admin',
    params: object({
      users: list(
        object({
          userId: id,
          messageCount: count,
          firstSeen: time,
          lastActive: nullable(time),
          deletedAt: nullable(time),
        }),
      ),
    }),
    result: wholeNumber,
  }),
}
