/** What is looked at as a store grows. */
const definitions = {
  storeUs: { title: 'storing, us a message', digits: 1 },
  embedUs: { title: 'storeEmbeddings of 384 numbers, us each', digits: 1 },
  newestPageMs: { title: 'newest page of 100 of a large channel, ms', digits: 3 },
  middlePageMs: { title: 'a page in its middle, ms', digits: 3 },
  oldestPageMs: { title: 'its oldest page, ms', digits: 3 },
  byIdsMs: { title: 'getMessagesByIds of 50, ms', digits: 3 },
  contextMs: { title: 'getMessageContext, 5 before and after, ms', digits: 3 },
  heapMib: { title: 'heap of the calling thread, MiB', digits: 1 },
  rssMib: { title: 'RSS, MiB', digits: 0 },
  openMs: { title: 'opening it again, ms', digits: 1 },
  quietWaitMs: { title: 'longest wait of a storeMessage every 5 ms, nothing else going on, ms', digits: 1 },
  backupSlowdown: { title: 'storeMessage during backup, times as long', digits: 2 },
  forgetWaitMs: { title: 'longest wait during forgetUser, ms', digits: 1 },
  deleteWaitMs: { title: 'longest wait during deleteChannel, ms', digits: 1 },
  fileMib: { title: 'file, MiB', digits: 0 },
  backupMs: { title: 'backup, ms', digits: 0 },
  verifyMs: { title: 'verify, ms', digits: 0 },
  forgottenMessages: { title: 'messages of the user that is forgotten', digits: 0 },
  forgetMs: { title: 'forgetUser, ms', digits: 0 },
  deletedMessages: { title: 'messages of the channel that is deleted', digits: 0 },
  deleteMs: { title: 'deleteChannel, ms', digits: 0 },
} as const

export type FigureName = keyof typeof definitions

export const figures: Readonly<Record<FigureName, { readonly title: string; readonly digits: number }>> =
  definitions

const isFigureName = (name: string): name is FigureName => Object.hasOwn(definitions, name)

export const figureNames: readonly FigureName[] = Object.keys(definitions).filter(isFigureName)

/** All figures at one size; a side that does not have a thing leaves it out. */
export interface GrowthLook {
  /** Stored by then. */
  readonly messages: number
  readonly figures: { readonly [Name in FigureName]?: number }
}

/** The last look's figure as a multiple of the first one's; undefined where one of them has none. */
export function growthOf(looks: readonly GrowthLook[] | undefined, name: FigureName): number | undefined {
  const [first, last] = [looks?.[0]?.figures[name], looks?.at(-1)?.figures[name]]
  return first === undefined || last === undefined ? undefined : last / first
}
