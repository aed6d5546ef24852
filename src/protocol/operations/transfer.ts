import { Type, type Static } from 'typebox'
import { count, dimension, hash, id, list, nullable, object, optional, time } from '../fields.js'
import type { ExportedLines } from '../models.js'
import { read, returns, write } from '../operation.js'

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
  exportRows: read(
    object({ kind, channelId: optional(id), upTo: optional(id), cursor: optional(id) }),
    returns<ExportedLines>(),
  ),
  importForgottenUsers: write(
    object({ users: list(object({ userHash: hash, forgottenAt: time })) }),
    returns<number>(),
  ),
  importModels: write(object({ models: list(object({ model: id, dimension })) }), returns<number>()),
  importUserActivity: write(
    object({
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
    returns<number>(),
  ),
}
