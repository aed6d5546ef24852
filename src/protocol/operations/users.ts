import { Type } from 'typebox'
import { displayName, id, ids, json, limit, nullable, object, optional, time } from '../fields.js'
import type { ForgetReceipt, Page, User, UserProfile } from '../models.js'
import { read, returns, write } from '../operation.js'

export const userOperations = {
  upsertUser: write(
    object({
      userId: id,
      displayName: nullable(displayName),
      metadata: nullable(json),
      firstSeen: optional(time),
    }),
    returns<User>(),
  ),
  recordActivity: write(object({ userId: id, timestamp: optional(time) }), returns<User>()),
  getUser: read(object({ userId: id }), returns<User | undefined>()),
  getUsers: read(object({ userIds: ids }), returns<User[]>()),
  searchByDisplayName: read(
    object({ query: id, limit: optional(limit), cursor: optional(id) }),
    returns<Page<User>>(),
  ),
  getProfile: read(object({ userId: id }), returns<UserProfile | undefined>()),
  updateProfile: write(
    object({ userId: id, profile: json, updatedAt: optional(time) }),
    returns<UserProfile>(),
  ),
  forgetUser: write(object({ userId: id, mayReturn: optional(Type.Boolean()) }), returns<ForgetReceipt>()),
  deleteUser: write(object({ userId: id }), returns<boolean>()),
}
