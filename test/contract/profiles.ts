import type { JsonObject } from 'convodb'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { mergePatch } from '../property/model/merge-patch.js'
import { expectError } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

export const profileCases = {
  getProfile(db: GetDatabase) {
    it('is undefined where none was stored', async () => {
      await db().users.recordActivity({ userId: 'gp' })
      expect(await db().users.getProfile('gp')).toBeUndefined()
    })
  },

  updateProfile(db: GetDatabase) {
    it('merges objects, replaces the rest and removes what is null', async () => {
      const update = (profile: object) =>
        db().execute('updateProfile', { userId: 'pf', profile: JSON.parse(JSON.stringify(profile)) })
      await update({ likes: { tea: 1, milk: 2 }, tags: ['a', 'b'], mood: 'fine' })
      const { profile } = await update({ likes: { milk: null, rain: 3 }, tags: ['c'], mood: null })
      expect(profile).toEqual({ likes: { tea: 1, rain: 3 }, tags: ['c'] })
      expect(await db().users.getProfile('pf')).toMatchObject({ userId: 'pf', profile })
      expect(await db().users.getUser('pf')).toBeDefined()
    })

    it('keeps keys apart that differ behind a NUL', async () => {
      const update = async (profile: { [key: string]: number }) =>
        (await db().users.updateProfile({ userId: 'pf-nul', profile })).profile
      expect(await update({ a: 1 })).toEqual({ a: 1 })
      expect(await update({ 'a\0': 2 })).toEqual({ a: 1, 'a\0': 2 })
      expect(await update({ 'a\0x': 3, 'a\0y': 4, '': 5, '\0': 6 })).toEqual({
        a: 1,
        'a\0': 2,
        'a\0x': 3,
        'a\0y': 4,
        '': 5,
        '\0': 6,
      })
    })

    it('merges any patches as RFC 7396 says', async () => {
      const key = fc.constantFrom('a', 'a\0', 'a\0x', '\0', '', '__proto__', 'b')
      const { patch } = fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 2 },
          fc.constantFrom(null, 1, 'x', true),
          fc.constant([null]),
          tie('patch'),
        ),
        patch: fc
          .array(fc.tuple(key, tie('value')), { maxLength: 4 })
          .map((entries) => Object.fromEntries(entries)),
      }))
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(patch, { minLength: 1, maxLength: 4 }), async (patches) => {
          const userId = `pf-any-${(run += 1)}`
          let expected: JsonObject = {}
          for (const profile of patches.map((given): JsonObject => JSON.parse(JSON.stringify(given)))) {
            expected = mergePatch(expected, profile)
            const stored = await db().users.updateProfile({ userId, profile })
            expect(JSON.stringify(stored.profile)).toBe(JSON.stringify(expected))
          }
        }),
        { numRuns: 100 },
      )
    })

    it('is 4 MiB of JSON at most, however it came to be', async () => {
      const long = (key: string) => ({ [key]: 'x'.repeat(2 * 1024 * 1024) })
      await db().users.updateProfile({ userId: 'pf-long', profile: long('a') })
      const update = db().users.updateProfile({ userId: 'pf-long', profile: long('b') })
      await expectError(update, 'TOO_LARGE', { userId: 'pf-long' })
      expect((await db().users.getProfile('pf-long'))?.profile).toEqual(long('a'))
      await db().users.updateProfile({ userId: 'pf-long', profile: { ...long('b'), a: null } })
      expect((await db().users.getProfile('pf-long'))?.profile).toEqual(long('b'))
    })

    it('loses none of many updates at once', async () => {
      await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          db().users.updateProfile({ userId: 'pf-many', profile: { [`key${n}`]: n } }),
        ),
      )
      expect(Object.keys((await db().users.getProfile('pf-many'))?.profile ?? {})).toHaveLength(200)
    })

    it('treats prototype keys as keys', async () => {
      const profile = JSON.parse('{"__proto__": {"admin": true}, "constructor": 1}')
      const stored = await db().users.updateProfile({ userId: 'pf-proto', profile })
      expect(JSON.stringify(stored.profile)).toBe('{"__proto__":{"admin":true},"constructor":1}')
      expect(Reflect.get({}, 'admin')).toBeUndefined()
    })
  },
}
