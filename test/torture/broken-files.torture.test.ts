import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { makeFilledDatabase } from '../support/filled-database.js'
import { reportFigures } from './support/figures.js'
import { Inspector } from './support/inspector.js'
import { mutations, seededRandom } from './support/mutations.js'

const filesOfKind = 120
/** Every so many goes through threads, as in a program. */
const threadedEvery = 10

const inspector = new Inspector()
afterAll(() => inspector.close())

/** What SQLite itself, and a look at the header, would have found. */
const foundBySqlite = new Set(['file', 'integrity', 'schema', 'foreignKeys'])
const isCode = (found: string): boolean => found === found.toUpperCase()

it('600 broken files: none ends the process, and none that is called ok has other rows', async () => {
  const folder = await temporaryFolder()
  const good = join(folder, 'good.db')
  await makeFilledDatabase(good)
  const bytes = await readFile(good)
  const original = await inspector.inspect({ path: good, withThreads: false })
  expect(original).toMatchObject({ found: [], rows: expect.stringMatching(/^[0-9a-f]{64}$/) })
  // Read through threads it is the same, so that what was read in one thread can be compared with it.
  expect(await inspector.inspect({ path: good, withThreads: true })).toEqual(original)
  if ('died' in original) throw new Error(original.died)

  const startedAtMs = performance.now()
  const path = join(folder, 'broken.db')
  const faults: string[] = []
  const figures: Record<string, string> = {}
  let onlyOurChecks = 0
  let onlyChecksums = 0
  for (const [kindNumber, [kind, mutate]] of Object.entries(mutations).entries()) {
    let detected = 0
    for (let n = 0; n < filesOfKind; n += 1) {
      await Promise.all(['', '-wal', '-shm'].map((suffix) => rm(`${path}${suffix}`, { force: true })))
      await writeFile(path, mutate(Buffer.from(bytes), seededRandom(1_000 * kindNumber + n)))
      const answer = await inspector.inspect({ path, withThreads: n % threadedEvery === 0 })
      if ('died' in answer) {
        faults.push(`${kind} ${n}: the process died: ${answer.died}`)
        continue
      }
      const isOther = answer.rows !== original.rows
      if (answer.found.length > 0) detected += 1
      else if (isOther) faults.push(`${kind} ${n}: called ok, and has other rows`)
      const passesSqlite = !answer.found.some((found) => foundBySqlite.has(found) || isCode(found))
      if (isOther && passesSqlite) onlyOurChecks += 1
      if (isOther && answer.found.length === 1 && answer.found[0] === 'checksums') onlyChecksums += 1
    }
    figures[kind] = `${detected} detected + ${filesOfKind - detected} harmless`
  }
  reportFigures('broken files', {
    ...figures,
    'other rows and SQLite alone calls it ok': onlyOurChecks,
    'other rows and only checksums tell': onlyChecksums,
    faults: faults.length,
    seconds: Math.round((performance.now() - startedAtMs) / 1000),
  })
  expect(faults).toEqual([])
  // The control: without checksums these would have been served.
  expect(onlyChecksums).toBeGreaterThan(0)
})
