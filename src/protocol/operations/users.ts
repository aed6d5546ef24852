import { Type } from 'typebox'
import { displayName, id, ids, json, limit, nullable, object, optional, time } from '../fields.js'
import { read, writeAfterIndexing } from '../operation.js'
import { forgetReceipt, user, userProfile } from '../result-models.js'
import { listOf, orUndefined, pageOf, truth } from '../results.js'

export const userOperations = {
  upsertUser: writeAfterIndexing({
    params: object({
      userId: id,
      displayName: nullable(displayName),
      metadata: nullable(json),
      firstSeen: optional(time),
    }),
    result: user,
  }),
  recordActivity: writeAfterIndexing({
    params: object({ userId: id, timestamp: optional(time) }),
    result: user,
  }),
  getUser: read({ params: object({ userId: id }), result: orUndefined(user) }),
  getUsers: read({ params: object({ userIds: ids }), result: listOf(user) }),
  searchByDisplayName: read({
    params: object({ query: id, limit: optional(limit), cursor: optional(id) }),
    result: pageOf(user),
  }),
  getProfile: read({ params: object({ userId: id }), result: orUndefined(userProfile) }),
  updateProfile: writeAfterIndexing({
    params: object({ userId: id, profile: json, updatedAt: optional(time) }),
    result: userProfile,
  }),
  forgetUser: writeAfterIndexing({
    params: object({ userId: id, mayReturn: optional(Type.Boolean()) }),
    result: forgetReceipt,
  }),
  deleteUser: writeAfterIndexing({ params: object({ userId: id }), result: truth }),
}
