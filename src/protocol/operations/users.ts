import {
  cursor,
  displayName,
  id,
  ids,
  json,
  limit,
  nullable,
  object,
  optional,
  paging,
  time,
  truth as flag,
} from '../fields.js'
import { read, writeAfterIndexing } from '../operation.js'
import type {
  ForgetUserParams,
  Paging,
  RecordActivityParams,
  SearchByDisplayNameParams,
  UpdateProfileParams,
  UpsertUserParams,
  UserIds,
  UserRef,
} from '../parameters.js'
import { forgetReceipt, user, userProfile } from '../result-models.js'
import { listOf, orUndefined, pageOf, truth } from '../results.js'

const userRef = object<UserRef>({ userId: id })

export const userOperations = {
  upsertUser: writeAfterIndexing({
    params: object<UpsertUserParams>({
      userId: id,
      displayName: nullable(displayName),
      metadata: nullable(json),
      firstSeen: optional(time),
    }),
    result: user,
  }),
  recordActivity: writeAfterIndexing({
    params: object<RecordActivityParams>({ userId: id, timestamp: optional(time) }),
    result: user,
  }),
  getUser: read({ params: userRef, result: orUndefined(user) }),
  getUsers: read({ params: object<UserIds>({ userIds: ids }), result: listOf(user) }),
  listUsersByActivity: read({ params: object<Paging>({ ...paging }), result: pageOf(user) }),
  searchByDisplayName: read({
    params: object<SearchByDisplayNameParams>({
      query: id,
      limit: optional(limit),
      cursor: optional(cursor),
    }),
    result: pageOf(user),
  }),
  getProfile: read({ params: userRef, result: orUndefined(userProfile) }),
  updateProfile: writeAfterIndexing({
    params: object<UpdateProfileParams>({ userId: id, profile: json, updatedAt: optional(time) }),
    result: userProfile,
  }),
  forgetUser: writeAfterIndexing({
    params: object<ForgetUserParams>({ userId: id, mayReturn: optional(flag) }),
    result: forgetReceipt,
  }),
  deleteUser: writeAfterIndexing({ params: userRef, result: truth }),
}
