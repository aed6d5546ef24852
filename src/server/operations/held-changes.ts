import type { DatabaseManager } from '../../main/index.js'
import { defaultLimit, maxPageLength } from '../../protocol/limits.js'
import type { Caller, Held } from '../access/caller.js'
import { readByName } from './by-name.js'
import { openCursor } from './own-cursors.js'

/** Each is sealed, which takes this thread's time. A page may always be shorter than was asked for. */
const maxItems = 500
/** So often a page is looked for on and on, ten thousand changes of all channels at a time, that no thread is kept for long. */
const maxLooks = 100

interface Page {
  readonly items: readonly { readonly cursor: string }[]
  readonly nextCursor: string
  readonly hasMore: boolean
}

/**
 * A page of changes for a key of certain channels. Whether there is more must not tell of what happens in others, so that is looked for:
 * one change more than the page has.
 */
export async function listHeldChanges(
  db: DatabaseManager,
  caller: Caller,
  held: Held,
  params: unknown,
): Promise<Uint8Array> {
  const opened = { ...Object(openCursor(caller, 'listChanges', params)) }
  const wanted = Math.min(isLimit(opened.limit) ? opened.limit : defaultLimit, maxItems)
  const items: Page['items'][number][] = []
  let [next, length] = [opened.after, 0]
  for (let look = 0; look < maxLooks && length <= maxPageLength; look += 1) {
    // What is no limit is refused by the database, in its own words.
    const limit =
      opened.limit === undefined || isLimit(opened.limit) ? wanted + 1 - items.length : opened.limit
    const text = await readByName(db, 'listChanges', { ...opened, after: next, limit }, decode, caller)
    const page: Page = JSON.parse(text)
    items.push(...page.items)
    length += text.length
    next = page.nextCursor
    if (items.length > wanted) {
      const kept = items.slice(0, wanted)
      return seal(held, { items: kept, nextCursor: kept.at(-1)?.cursor ?? next, hasMore: true })
    }
    if (!page.hasMore) return seal(held, { items, nextCursor: next, hasMore: false })
  }
  return seal(held, { items, nextCursor: next, hasMore: true })
}

const isLimit = (limit: unknown): limit is number => Number.isInteger(limit) && Number(limit) >= 1

const decode = (json: Uint8Array): string => new TextDecoder().decode(json)

function seal({ cursors }: Held, { items, nextCursor, hasMore }: Page): Uint8Array {
  const sealed = items.map((change) => ({ ...change, cursor: cursors.sealAnew(change.cursor) }))
  return Buffer.from(JSON.stringify({ items: sealed, nextCursor: cursors.sealAnew(nextCursor), hasMore }))
}
