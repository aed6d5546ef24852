import type { Page } from '../main/index.js'
import { maxLimit } from '../protocol/limits.js'
import { toJsonForm } from '../protocol/json-form.js'
import { writeOut } from './write-out.js'

interface PageRequest {
  readonly limit: number
  readonly cursor: string | undefined
}

interface Printing<Item> {
  /** Items at most. */
  readonly limit: number
  readonly json: boolean
  readonly toText: (item: Item) => string
  /** Whether stderr tells that there are more. Default true. */
  readonly isEndTold?: boolean
}

/** Items that are read at once: few enough that the first line comes soon. */
const pageSize = 500

/**
 * Prints a listing, a line an item, from as many pages as `limit` needs.
 *
 * @returns how many there were. Where there are more, stderr says so.
 */
export async function printPages<Item>(
  read: (page: PageRequest) => Promise<Page<Item>>,
  { limit, json, toText, isEndTold = true }: Printing<Item>,
): Promise<number> {
  let printed = 0
  let cursor: string | undefined
  for (;;) {
    const page = await read({ limit: Math.min(limit - printed, pageSize, maxLimit), cursor })
    printed += page.items.length
    const lines = page.items.map((item) => `${json ? toJsonLine(item) : toText(item)}\n`)
    if (!(await writeOut(lines.join('')))) return printed
    if (page.nextCursor === null) return printed
    if (printed >= limit) break
    cursor = page.nextCursor
  }
  if (isEndTold) process.stderr.write(`There are more than ${limit}; --limit shows them.\n`)
  return printed
}

/** A result as one line of JSON. */
export const toJsonLine = (value: unknown): string => JSON.stringify(toJsonForm(value))
