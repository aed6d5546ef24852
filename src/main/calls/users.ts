import type { ForgetReceipt, JsonObject, Page, User, UserProfile } from '../../protocol/models.js'
import type {
  ForgetUserParams,
  Paging,
  RecordActivityParams,
  SearchByDisplayNameParams,
  UpdateProfileParams,
  UpsertUserParams,
  UserIds,
} from '../../protocol/parameters.js'
import type { CallOptions } from '../validation/call-options.js'
import type { Execute } from './execute.js'
import { idParams, isList, type IdOr, type ListOr } from './id-params.js'

/** Users and their profiles: `db.getUser` and `db.users.getUser` are the same call. */
export type UserManager<
  Metadata extends object = JsonObject,
  Profile extends object = JsonObject,
> = ReturnType<typeof userCalls<Metadata, Profile>>

/** Users and their profiles. A user comes into being with the first message or activity. */
export function userCalls<Metadata extends object, Profile extends object>(
  execute: Execute<Metadata, Profile>,
) {
  return {
    /**
     * @returns the user, or undefined when there is none; an error is an error, never "no user".
     * @throws INVALID_ARGUMENT
     * @example const ada = await db.getUser('ada')
     */
    getUser: (user: IdOr<'userId'>, options?: CallOptions): Promise<User<Metadata> | undefined> =>
      execute('getUser', idParams('userId', user), options),

    /**
     * @param ids up to 100,000 user ids, or `{ userIds }`.
     * @returns the users in the order asked; unknown ids are left out.
     * @throws INVALID_ARGUMENT
     * @example const users = await db.getUsers(['ada', 'grace'])
     */
    getUsers: (ids: ListOr<string, UserIds>, options?: CallOptions): Promise<User<Metadata>[]> =>
      execute('getUsers', isList(ids) ? { userIds: ids } : ids, options),

    /**
     * Creates a user or changes the fields that are given.
     *
     * @param user `userId`; `displayName` (up to 1,024 characters), `metadata`: null clears, left out keeps; `firstSeen`
     *   defaults to now.
     * @returns the user as it is now, durable.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.upsertUser({ userId: 'ada', displayName: 'Ada Lovelace' })
     */
    upsertUser: (user: UpsertUserParams<Metadata>, options?: CallOptions): Promise<User<Metadata>> =>
      execute('upsertUser', user, options),

    /**
     * Notes that a user was active without a message; `lastActive` only moves forward.
     *
     * @param activity `userId`; `timestamp`, default now.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.recordActivity({ userId: 'ada' })
     */
    recordActivity: (activity: RecordActivityParams, options?: CallOptions): Promise<User<Metadata>> =>
      execute('recordActivity', activity, options),

    /**
     * Lists users by their last activity, the latest first: a message or a recorded activity. Who was never active is not listed. A user who
     * becomes active between two pages moves, and may be listed again or not at all.
     *
     * @param page `limit` 1 to 10,000, default 100; `order` default `'desc'`; `cursor` from the page before.
     * @throws INVALID_ARGUMENT
     * @example const { items, nextCursor } = await db.listUsersByActivity({ limit: 20 })
     */
    listUsersByActivity: (page: Paging = {}, options?: CallOptions): Promise<Page<User<Metadata>>> =>
      execute('listUsersByActivity', page, options),

    /**
     * Finds users whose display name contains the text, whatever the case, in any script: every form of a letter finds every
     * other (`ς` and `σ`, `ß` and `SS`, `İ`, `ı` and `i`, full-width and half-width).
     *
     * @param search `query`, the text; `limit` 1 to 10,000, default 100; `cursor` from the page before.
     * @returns a page of users in the order in which they came into being.
     * @throws INVALID_ARGUMENT
     * @example const { items } = await db.searchByDisplayName({ query: 'love' })
     */
    searchByDisplayName: (
      search: string | SearchByDisplayNameParams,
      options?: CallOptions,
    ): Promise<Page<User<Metadata>>> =>
      execute('searchByDisplayName', typeof search === 'string' ? { query: search } : search, options),

    /**
     * @returns the user's profile, or undefined when none was ever stored.
     * @throws INVALID_ARGUMENT
     * @example const profile = await db.getProfile('ada')
     */
    getProfile: (user: IdOr<'userId'>, options?: CallOptions): Promise<UserProfile<Profile> | undefined> =>
      execute('getProfile', idParams('userId', user), options),

    /**
     * Merges into the profile (JSON Merge Patch, RFC 7396: objects merge, null removes a key, all else replaces). Two
     * updates at once both count. Creates the user when there is none.
     *
     * @param update `userId`, `profile`: the patch.
     * @returns the merged profile, durable.
     * @throws INVALID_ARGUMENT, TOO_LARGE (the merged profile would be more than 4 MiB of JSON), OVERLOADED
     * @example await db.updateProfile({ userId: 'ada', profile: { likes: { tea: true }, mood: null } })
     */
    updateProfile: (
      update: UpdateProfileParams<Profile>,
      options?: CallOptions,
    ): Promise<UserProfile<Profile>> => execute('updateProfile', update, options),

    /**
     * Deletes a user's record and profile. What they wrote stays and keeps naming their id: it belongs to the
     * conversation too. A later message brings the user back, without the old record.
     *
     * @returns whether there was one.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example await db.deleteUser('ada')
     */
    deleteUser: (user: IdOr<'userId'>, options?: CallOptions): Promise<boolean> =>
      execute('deleteUser', idParams('userId', user), options),

    /**
     * Forgets a user: deletes their messages with all that hangs on them (embeddings, segment memberships, reactions, former
     * texts), their reactions to others, their profile, their record and every search entry, in one transaction; counters
     * follow. A tombstone (a hash of the id) keeps them away: later messages of theirs are answered with the outcome `'ignored'`, calls that would create their record with USER_FORGOTTEN. What
     * others wrote about them, and summaries of segments, stay.
     *
     * Deleted rows are overwritten with zeros; after `checkpoint({ mode: 'truncate' })` nothing of them is left in the
     * file or its log.
     *
     * @param user the user's id, or `{ userId, mayReturn }`; `mayReturn: true` leaves no tombstone and removes an earlier
     *   one.
     * @returns a receipt with the counts, durable.
     * @throws INVALID_ARGUMENT, OVERLOADED
     * @example const { messages } = await db.forgetUser('ada')
     */
    forgetUser: (user: IdOr<'userId'> | ForgetUserParams, options?: CallOptions): Promise<ForgetReceipt> =>
      execute('forgetUser', idParams('userId', user), options),
  }
}
