import { mkdir, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { startServeProcess } from '../support/serve-process.js'

it('what a server left that was killed is removed by the next import, and nothing of others', async () => {
  const [folder, shared] = [await temporaryFolder(), await temporaryFolder()]
  const args = ['--db', join(folder, 'chat.db'), '--port', '0', '--temporary-folder', shared]
  const killed = await startServeProcess(args)
  const headers = { authorization: `Bearer ${killed.apiKey}` }
  const endless = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{')) })
  const cut = fetch(`${killed.url}/v1/import`, { method: 'POST', body: endless, headers, duplex: 'half' })
    .then((response) => response.text())
    .catch(() => 'it was cut')
  await expect.poll(() => readdir(shared)).toHaveLength(1)
  const [left = ''] = await readdir(shared)
  await killed.stop('SIGKILL')
  expect(await cut).toBe('it was cut')
  // Another machine's, of a process that does not run here either; and a link with the name of one of ours.
  await mkdir(join(shared, 'convodb-import-0123456789ab-999999-x'))
  const link = left.replace(/-\d+-/, '-999999-').replace(/.$/, '_')
  await symlink(folder, join(shared, link))
  const server = await startServeProcess(args)
  const response = await fetch(`${server.url}/v1/import`, { method: 'POST', body: '', headers })
  expect(await response.text()).toContain('"report"')
  await server.stop()
  expect((await readdir(shared)).toSorted()).toEqual(
    ['convodb-import-0123456789ab-999999-x', link].toSorted(),
  )
  expect(await readdir(folder)).toContain('chat.db')
})
