import { expect, it } from 'vitest'
import { expectError, message } from '../support/databases.js'
import type { GetDatabase } from './contract.js'

export const userCases = {
  upsertUser(db: GetDatabase) {
    it('creates a user, keeps what is left out and clears what is null', async () => {
      const created = await db().users.upsertUser({
        userId: 'uu-1',
        displayName: 'Ada',
        metadata: { bot: false },
        firstSeen: 5,
      })
      expect(created).toEqual({
        userId: 'uu-1',
        displayName: 'Ada',
        metadata: { bot: false },
        firstSeen: new Date(5),
        lastActive: null,
        messageCount: 0,
      })
      expect(await db().users.upsertUser({ userId: 'uu-1', metadata: null })).toEqual({
        ...created,
        metadata: null,
      })
    })

    it('takes a display name of up to 1,024 characters, also as it is searched for', async () => {
      const name = 'n'.repeat(1_024)
      expect(await db().users.upsertUser({ userId: 'uu-name', displayName: name })).toMatchObject({
        displayName: name,
      })
      // One character that is written out as 18, and the search index would hold them all.
      for (const displayName of [`${name}n`, 'n'.repeat(1_000_000), '\uFDFA'.repeat(100)]) {
        const call = db().users.upsertUser({ userId: 'uu-name', displayName })
        await expectError(call, 'INVALID_ARGUMENT', { field: 'displayName' })
      }
      expect(await db().users.getUser('uu-name')).toMatchObject({ displayName: name })
    })
  },

  recordActivity(db: GetDatabase) {
    it('creates the user, and last activity only moves forward', async () => {
      expect(await db().users.recordActivity({ userId: 'ra', timestamp: 10 })).toMatchObject({
        firstSeen: new Date(10),
        lastActive: new Date(10),
      })
      expect(await db().users.recordActivity({ userId: 'ra', timestamp: 4 })).toMatchObject({
        firstSeen: new Date(4),
        lastActive: new Date(10),
      })
      await db().storeMessage(message('ra-1', { userId: 'ra', timestamp: 7 }))
      expect(await db().users.getUser('ra')).toMatchObject({ lastActive: new Date(10), messageCount: 1 })
    })

    it('means now when no time is given', async () => {
      const before = Date.now()
      const { lastActive } = await db().users.recordActivity({ userId: 'ra-now' })
      expect(lastActive?.getTime()).toBeGreaterThanOrEqual(before)
      expect(lastActive?.getTime()).toBeLessThanOrEqual(Date.now())
    })
  },

  getUser(db: GetDatabase) {
    it('is undefined for nobody, and an error is an error', async () => {
      expect(await db().users.getUser('gu-none')).toBeUndefined()
      await expectError(db().users.getUser(''), 'INVALID_ARGUMENT', { field: 'userId' })
    })

    it('knows users by their messages: first seen at the earliest', async () => {
      await db().storeMessage(message('gu-1', { userId: 'gu', timestamp: 9 }))
      await db().storeMessage(message('gu-2', { userId: 'gu', timestamp: 2 }))
      expect(await db().users.getUser('gu')).toEqual({
        userId: 'gu',
        displayName: null,
        metadata: null,
        firstSeen: new Date(2),
        lastActive: new Date(9),
        messageCount: 2,
      })
    })
  },

  getUsers(db: GetDatabase) {
    it('keeps the order asked and leaves unknown ids out', async () => {
      for (const userId of ['gus-1', 'gus-2']) await db().users.recordActivity({ userId })
      const users = await db().users.getUsers(['gus-2', 'gus-none', 'gus-1'])
      expect(users.map(({ userId }) => userId)).toEqual(['gus-2', 'gus-1'])
    })
  },

  searchByDisplayName(db: GetDatabase) {
    const find = async (getDatabase: GetDatabase, query: string) =>
      (await getDatabase().users.searchByDisplayName(query)).items.map(({ userId }) => userId)

    it('finds any part of a name, whatever the case, in any script', async () => {
      const names = {
        'sd-ada': 'Ada Lovelace',
        'sd-bo': '100%_Lover',
        'sd-cy': '田中さくら',
        'sd-da': 'ÉLODIE',
        'sd-long': `${'x'.repeat(100)}needle`,
      }
      for (const [userId, displayName] of Object.entries(names)) {
        await db().users.upsertUser({ userId, displayName })
      }
      expect(await find(db, 'LOVE')).toEqual(['sd-ada', 'sd-bo'])
      expect(await find(db, '%_')).toEqual(['sd-bo'])
      expect(await find(db, '中')).toEqual(['sd-cy'])
      expect(await find(db, 'さくら')).toEqual(['sd-cy'])
      expect(await find(db, 'élo')).toEqual(['sd-da'])
      expect(await find(db, 'needle')).toEqual(['sd-long'])
      expect(await find(db, `${'x'.repeat(90)}needle`)).toEqual(['sd-long'])
      expect(await find(db, `${'x'.repeat(90)}other`)).toEqual([])
      expect(await find(db, 'nobody')).toEqual([])
    })

    it('finds every form of a letter by every other', async () => {
      const forms = ['ΟΔΟΣ-q', 'οδος-q', 'οδοσ-q', 'straße-q', 'STRASSE-q', 'ışık-q', 'IŞIK-q', 'İŞIK-q']
      for (const displayName of forms) {
        await db().users.upsertUser({ userId: `sd-form ${displayName}`, displayName })
      }
      const found = (...names: string[]) => names.map((name) => `sd-form ${name}-q`)
      for (const query of ['οδος-q', 'ΟΔΟΣ-Q', 'δοσ-']) {
        expect(await find(db, query)).toEqual(found('ΟΔΟΣ', 'οδος', 'οδοσ'))
      }
      for (const query of ['Straße-q', 'STRASSE-Q', 'raẞe-q']) {
        expect(await find(db, query)).toEqual(found('straße', 'STRASSE'))
      }
      for (const query of ['işik-q', 'IŞIK-Q', 'ışık-', 'İşi']) {
        expect(await find(db, query)).toEqual(found('ışık', 'IŞIK', 'İŞIK'))
      }
    })

    it('finds what stands before the last character there is', async () => {
      const names = {
        'sl-1': 'before\u{10FFFF}after',
        'sl-2': 'before\u{10FFFF}\u{10FFFF}',
        'sl-3': 'before\u{D7FF}x',
      }
      for (const [userId, displayName] of Object.entries(names)) {
        await db().users.upsertUser({ userId, displayName })
      }
      expect(await find(db, 'before')).toEqual(['sl-1', 'sl-2', 'sl-3'])
      expect(await find(db, 'before\u{10FFFF}')).toEqual(['sl-1', 'sl-2'])
      expect(await find(db, '\u{10FFFF}\u{10FFFF}')).toEqual(['sl-2'])
      expect(await find(db, '\u{D7FF}')).toEqual(['sl-3'])
    })

    it('forgets a name that was changed', async () => {
      await db().users.upsertUser({ userId: 'sd-new', displayName: 'before-zq' })
      await db().users.upsertUser({ userId: 'sd-new', displayName: 'after-zq' })
      expect(await find(db, 'before-zq')).toEqual([])
      expect(await find(db, 'after-zq')).toEqual(['sd-new'])
    })

    it('pages', async () => {
      for (const n of [1, 2, 3]) await db().users.upsertUser({ userId: `sp-${n}`, displayName: `pager ${n}` })
      const first = await db().users.searchByDisplayName({ query: 'pager', limit: 2 })
      const cursor = first.nextCursor ?? undefined
      const second = await db().users.searchByDisplayName({ query: 'pager', limit: 2, cursor })
      expect([...first.items, ...second.items].map(({ userId }) => userId)).toEqual(['sp-1', 'sp-2', 'sp-3'])
      expect(second.nextCursor).toBeNull()
    })
  },

  deleteUser(db: GetDatabase) {
    it('removes record and profile; what they wrote stays and names them', async () => {
      await db().storeMessage(message('du-1', { channelId: 'du', userId: 'du' }))
      await db().users.upsertUser({ userId: 'du', displayName: 'Dudu zzz' })
      await db().users.updateProfile({ userId: 'du', profile: { a: 1 } })
      expect(await db().users.deleteUser('du')).toBe(true)
      expect(await db().users.deleteUser('du')).toBe(false)
      expect(await db().users.getUser('du')).toBeUndefined()
      expect(await db().users.getProfile('du')).toBeUndefined()
      expect((await db().users.searchByDisplayName('Dudu zzz')).items).toEqual([])
      expect(await db().getMessagesByIds(['du-1'])).toMatchObject([{ userId: 'du' }])
      expect(await db().countMessages({ channelId: 'du' })).toBe(1)
    })

    it('lets a later message bring them back, without the old record', async () => {
      await db().storeMessage(message('dl-1', { userId: 'dl', timestamp: 1 }))
      await db().users.upsertUser({ userId: 'dl', displayName: 'Old', metadata: { old: true } })
      await db().users.deleteUser('dl')
      await db().storeMessage(message('dl-2', { userId: 'dl', timestamp: 50 }))
      expect(await db().users.getUser('dl')).toEqual({
        userId: 'dl',
        displayName: null,
        metadata: null,
        firstSeen: new Date(50),
        lastActive: new Date(50),
        messageCount: 2,
      })
    })

    it('lasts until a message becomes theirs, new or by a change, merged or recent', async () => {
      for (const isIndexed of [false, true]) {
        const userId = `db-${isIndexed}`
        const row = message(`db-${isIndexed}`, { userId: 'db-other', timestamp: 7 })
        await db().users.upsertUser({ userId, displayName: 'Old' })
        await db().users.deleteUser(userId)
        await db().storeMessage(row)
        if (isIndexed) await db().withConnection(() => undefined)
        expect(await db().users.getUser(userId)).toBeUndefined()
        await db().storeMessage({ ...row, userId })
        const expected = {
          displayName: null,
          firstSeen: new Date(7),
          lastActive: new Date(7),
          messageCount: 1,
        }
        expect(await db().users.getUser(userId)).toMatchObject(expected)
      }
    })

    it('removes a user who wrote nothing', async () => {
      await db().users.recordActivity({ userId: 'du-quiet' })
      expect(await db().users.deleteUser({ userId: 'du-quiet' })).toBe(true)
      expect(await db().users.getUser('du-quiet')).toBeUndefined()
    })
  },
}
