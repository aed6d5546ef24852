import { figures, growthOf, type FigureName } from '../growing/figures.js'
import type { Measured } from '../sides/side.js'

const growing = (name: FigureName) =>
  ({
    title: `${figures[name].title.replace(/, [^,]*$/, '')}, last / first`,
    better: 'less',
    digits: 2,
    of: ({ looks }: Pick<Measured, 'looks'>) => growthOf(looks, name),
  }) as const

/** What a store may not do the slower, nor need the more of, the more is in it. */
export const growthMetrics = {
  storeGrowth: growing('storeUs'),
  embedGrowth: growing('embedUs'),
  newestPageGrowth: growing('newestPageMs'),
  middlePageGrowth: growing('middlePageMs'),
  oldestPageGrowth: growing('oldestPageMs'),
  byIdsGrowth: growing('byIdsMs'),
  contextGrowth: growing('contextMs'),
  lookRssGrowth: growing('rssMib'),
  openGrowth: growing('openMs'),
  backupSlowdownGrowth: growing('backupSlowdown'),
  forgetWaitGrowth: growing('forgetWaitMs'),
  deleteWaitGrowth: growing('deleteWaitMs'),
} as const

const lastOf = (name: FigureName) =>
  ({
    title: figures[name].title,
    better: 'less',
    digits: 1,
    of: ({ looks }: Pick<Measured, 'looks'>) => looks?.at(-1)?.figures[name],
  }) as const

/** At the last look. */
export const lastLookMetrics = {
  lastForgetWaitMs: lastOf('forgetWaitMs'),
  lastDeleteWaitMs: lastOf('deleteWaitMs'),
} as const
