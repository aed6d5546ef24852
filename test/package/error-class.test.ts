import { pathToFileURL } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import * as client from 'convodb/client'
import * as main from 'convodb'
import { installCopy } from './install.js'

/** `convodb`, `convodb/client` and every other copy of the package in a process have a class each. */
async function classes(): Promise<readonly (typeof main.ConvoDbError)[]> {
  const file = join(await installCopy(), 'node_modules', 'convodb', 'dist', 'main', 'index.js')
  const copy: typeof main = await import(pathToFileURL(file).href)
  return [main.ConvoDbError, client.ConvoDbError, copy.ConvoDbError]
}

describe('ConvoDbError', () => {
  it('is one for `instanceof`, whichever entry point or copy of the package made the error', async () => {
    const all = await classes()
    expect(new Set(all).size).toBe(3)
    for (const maker of all)
      for (const asked of all) expect(new maker('BUSY', 'later') instanceof asked).toBe(true)
  })

  it('is one that a client over HTTP throws', async () => {
    const db = client.connect('http://127.0.0.1:1', { apiKey: 'none', retryForMs: 0 })
    const error: unknown = await db.getMessage('1').catch((thrown: unknown) => thrown)
    await db.close()
    expect(error instanceof main.ConvoDbError && error.code).toBe('UNREACHABLE')
  })

  it('is nothing else: other errors, and what only looks like it', () => {
    const alike = { ...new main.ConvoDbError('BUSY', 'later').toJSON(), name: 'ConvoDbError' }
    for (const other of [new Error('x'), alike, null, undefined, 'ConvoDbError', 1, () => 1])
      expect(other instanceof main.ConvoDbError).toBe(false)
  })

  it('leaves a class that extends it to itself', () => {
    class Mine extends main.ConvoDbError {
      readonly attempts = 3
    }
    const error: unknown = new Mine('BUSY', 'later')
    expect(error instanceof Mine && error.attempts).toBe(3)
    expect(new Mine('BUSY', 'later') instanceof client.ConvoDbError).toBe(true)
    expect(new main.ConvoDbError('BUSY', 'later') instanceof Mine).toBe(false)
  })
})
