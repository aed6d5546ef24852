import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { chromium } from 'playwright-core'
import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'
import { startTestServer } from '../support/server.js'

const executablePath = [process.env['CONVODB_CHROMIUM'], '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
)
if (executablePath === undefined) {
  console.log('skipped: there is no Chromium in /usr/bin, and CONVODB_CHROMIUM names none')
}

/** What runs in the page; it has nothing but the client. */
const program = `
  import { connect, ConvoDbError } from './dist/main/client.js'
  globalThis.run = async (url, apiKey) => {
    const db = connect(url, { apiKey })
    const message = (messageId) => ({ messageId, channelId: 'web', userId: 'ada', content: 'héllo 😀', timestamp: new Date(0) })
    await Promise.all(Array.from({ length: 500 }, (_, n) => db.storeMessage(message(String(n)))))
    await db.updateMessage({ messageId: '7', metadata: { from: 'a browser' } })
    const { items } = await db.getMessages({ channelId: 'web', limit: 3, order: 'asc' })
    await db.storeEmbeddings([{ ownerType: 'message', ownerId: '7', model: 'm', vector: new Float32Array([1.5, -2]) }])
    const [embedding] = await db.getEmbeddings({ ownerType: 'message', ownerIds: ['7'] })
    const counted = await db.transaction(async (transaction) => {
      await transaction.deleteMessages(['0'])
      return transaction.get('SELECT count(*) AS count FROM messages')
    })
    const error = await db.updateMessage({ messageId: 'none' }).catch((reason) => reason)
    const refused = await db.storeMessage({ ...message('x'), metadata: { a: undefined } }).catch((reason) => reason)
    await db.close()
    return {
      isDate: items[0].timestamp instanceof Date,
      ids: items.map(({ messageId }) => messageId),
      content: items[0].content,
      vector: [...embedding.vector],
      counted,
      error: [error instanceof ConvoDbError, error.code, error.operation],
      refused: [refused.code, refused.details.field],
      hasNode: 'process' in globalThis || 'Buffer' in globalThis,
    }
  }`

/** Files by their names; the first one is the program. */
async function bundleProgram(): Promise<ReadonlyMap<string, string>> {
  const bundle = await rolldown({
    input: 'program',
    platform: 'browser',
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === 'program' ? `${process.cwd()}/program.js` : null),
        load: (id) => (id.endsWith('/program.js') ? program : null),
      },
    ],
  })
  const { output } = await bundle.generate({ format: 'esm', minify: true })
  await bundle.close()
  const chunks = output.filter((file) => file.type === 'chunk')
  return new Map(chunks.map(({ fileName, code }) => [`/${fileName}`, code]))
}

const urlOf = (server: Server): string => {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
}

it.skipIf(executablePath === undefined)(
  'the client runs in a browser, against a server of another origin',
  async () => {
    const files = await bundleProgram()
    const [first] = files.keys()
    const page = createServer((request, response) => {
      if (request.url === '/')
        response.setHeader('content-type', 'text/html').end(`<script type="module" src="${first}"></script>`)
      else response.setHeader('content-type', 'text/javascript').end(files.get(request.url ?? ''))
    })
    await new Promise<void>((resolve) => page.listen(0, '127.0.0.1', resolve))
    const origin = urlOf(page)
    const server = await startTestServer({ corsOrigins: [origin] })
    const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] })
    try {
      const tab = await browser.newPage()
      tab.on('pageerror', (error) => console.error('in the page:', error))
      tab.on('console', (line) => console.error('in the page:', line.text()))
      await tab.goto(origin)
      await tab.waitForFunction('globalThis.run')
      const call = `run(${JSON.stringify(server.server.url)}, ${JSON.stringify(server.apiKey)})`
      expect(await tab.evaluate(call)).toEqual({
        isDate: true,
        ids: ['0', '1', '2'],
        content: 'héllo 😀',
        vector: [1.5, -2],
        counted: { count: 499 },
        error: [true, 'NOT_FOUND', 'updateMessage'],
        refused: ['INVALID_ARGUMENT', 'metadata'],
        hasNode: false,
      })
      const stranger = await browser.newPage()
      await stranger.goto('data:text/html,<p>')
      const outcome = await stranger.evaluate(
        `fetch(${JSON.stringify(`${server.server.url}/healthz`)}).then(() => 'read', () => 'refused')`,
      )
      expect(outcome).toBe('refused')
    } finally {
      await browser.close()
      await server.close()
      page.closeAllConnections()
      page.close()
    }
  },
)
