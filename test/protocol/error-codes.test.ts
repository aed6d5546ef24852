import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { errorCodes } from '../../src/protocol/errors.js'

/** The codes that a row of the table in docs/errors.md begins with. */
async function documentedCodes(): Promise<string[]> {
  const rows = (await readFile('docs/errors.md', 'utf8')).match(/^\| `[^|]*\|/gm) ?? []
  return rows.flatMap((row) => row.match(/[A-Z_]{3,}/g) ?? [])
}

describe('the table of docs/errors.md', () => {
  it('has every code, each once, and no other', async () => {
    expect((await documentedCodes()).toSorted()).toEqual(Object.keys(errorCodes).toSorted())
  })
})
