import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { everything, fillWithEverything } from '../support/moving.js'
import { startPostgres, type TestPostgres } from '../support/postgres.js'

let server: TestPostgres
beforeAll(async () => {
  server = await startPostgres()
})
afterAll(() => server.stop())

const convodb = `"${process.execPath}" "${resolve('dist', 'cli', 'index.js')}"`
const shell = async (command: string): Promise<string> =>
  (await promisify(execFile)('sh', ['-c', command], { maxBuffer: 2 ** 28 })).stdout

describe('moving', () => {
  it('by one pipe, there and back, leaves nothing out and changes nothing', async () => {
    const folder = await temporaryFolder()
    const [from, back] = [join(folder, 'from.db'), join(folder, 'back.db')]
    const to = await server.createDatabase()
    await fillWithEverything(from, 1_200)
    await shell(`${convodb} export --db '${from}' | ${convodb} import - --db '${to}'`)
    // Once more, as after a cut: nothing becomes another.
    await shell(`${convodb} export --db '${from}' | ${convodb} import - --db '${to}'`)
    await shell(`${convodb} export --db '${to}' | ${convodb} import - --db '${back}'`)
    const all = await everything(from)
    expect(all.length).toBeGreaterThan(1_000)
    expect(await everything(to)).toEqual(all)
    expect(await everything(back)).toEqual(all)
    expect(await shell(`${convodb} verify --db '${to}'`)).toContain('ok')
  }, 240_000)
})
