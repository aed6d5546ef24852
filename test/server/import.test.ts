import { readdir } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/databases.js'
import { startTestServer, type TestServer } from '../support/server.js'
import { zipOf } from '../importers/support/zip-of.js'

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.close())

const slack = zipOf({
  'users.json': '[{"id":"U1","name":"ada"}]',
  'channels.json': '[{"id":"C1","name":"general"}]',
  'general/2015-10-13.json':
    '[{"type":"message","user":"U1","text":"hi <@U1>","ts":"1.000001"},{"type":"message","user":"U1","text":"no time"}]',
  'general/picture.png': 'x',
})

async function post(body: string | Buffer, query = '', to: TestServer = server, apiKey = to.apiKey) {
  const response = await fetch(`${to.url}/v1/import${query}`, {
    method: 'POST',
    body: typeof body === 'string' ? body : Uint8Array.from(body),
    headers: { authorization: `Bearer ${apiKey}` },
  })
  const lines = (await response.text()).split('\n').filter((line) => line !== '')
  return { status: response.status, lines: lines.map((line): unknown => JSON.parse(line)) }
}

describe('an import by HTTP', () => {
  it('takes a zip archive, and says what went in and what did not', async () => {
    const { status, lines } = await post(slack, '?name=export.zip')
    expect(status).toBe(200)
    expect(lines).toContainEqual({
      refused: {
        file: 'export.zip/general/2015-10-13.json',
        at: '[1]',
        message: expect.stringMatching(/^timestamp/),
      },
    })
    expect(lines.at(-1)).toMatchObject({
      report: {
        messagesInserted: 1,
        channels: 1,
        users: 1,
        badLines: 1,
        files: [{ name: 'export.zip', format: 'slack', leftOut: { 'files beside the messages': 1 } }],
      },
    })
    expect(await server.db.getMessage('C1:1.000001')).toMatchObject({ content: 'hi <@U1>' })
    const again = await post(slack)
    expect(again.lines.at(-1)).toMatchObject({ report: { messagesInserted: 0, messagesUpdated: 1 } })
  })

  it('takes lines of an export, and stores nothing in a dry run', async () => {
    const line = JSON.stringify({ messageId: 'dry', channelId: 'c', userId: 'u', content: 'x', timestamp: 1 })
    const { lines } = await post(line, '?dryRun=true')
    expect(lines.at(-1)).toMatchObject({ report: { messagesInserted: 1 } })
    expect(await server.db.getMessage('dry')).toBeUndefined()
  })

  it.each([
    ['?format=aol', 'format'],
    ['?name=..', 'name'],
    ['?name=a%2Fb', 'name'],
    ['?name=%00', 'name'],
    [`?name=${'%F0%9F%98%80'.repeat(80)}`, 'name'],
    ['?dryRun=1', 'dryRun'],
    ['?from=3', 'from'],
  ])('is refused with %s', async (query, field) => {
    const { status, lines } = await post('{}', query)
    expect(status).toBe(400)
    expect(lines).toMatchObject([{ code: 'INVALID_ARGUMENT', details: { field } }])
  })

  it('needs a key of scope admin, for all channels', async () => {
    const write = await server.newKey({ scope: 'write' })
    await expect.poll(async () => (await post('', '', server, write)).status).toBe(403)
  })

  it('of nothing stores nothing, of bad lines names them, and of what is unknown says so once', async () => {
    expect((await post('')).lines.at(-1)).toMatchObject({ report: { messagesInserted: 0, badLines: 0 } })
    const { lines } = await post('hello\n', '?name=notes.ndjson')
    expect(lines[0]).toMatchObject({ refused: { file: 'notes.ndjson', at: 1 } })
    const { lines: asked } = await post('hello\n', '?name=notes.txt&format=ndjson')
    expect(asked[0]).toMatchObject({ refused: { file: 'notes.txt', at: 1 } })
    const message = 'notes.txt is of no format that is known; docs/importing.md names the formats'
    expect((await post('hello\n', '?name=notes.txt')).lines).toEqual([
      { error: expect.objectContaining({ code: 'INVALID_ARGUMENT', message }) },
    ])
  })

  it('says why it can not read a file, by its name alone', async () => {
    const { lines } = await post(slack.subarray(0, 200), '?name=cut.zip')
    expect(lines).toEqual([
      {
        error: expect.objectContaining({
          code: 'INVALID_ARGUMENT',
          message: expect.stringMatching(/^cut\.zip /),
        }),
      },
    ])
  })

  it('beside another is refused, one that is too large or silent is ended, and no file of theirs is left', async () => {
    const folder = await temporaryFolder()
    const small = await startTestServer({
      maxImportBytes: 1_000,
      ingestIdleTimeoutMs: 500,
      temporaryFolder: folder,
    })
    const endless = new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('{')) })
    const silent = fetch(`${small.url}/v1/import`, {
      method: 'POST',
      body: endless,
      headers: { authorization: `Bearer ${small.apiKey}` },
      duplex: 'half',
    })
    await expect.poll(() => readdir(folder)).toHaveLength(1)
    expect(await post('{}', '', small)).toMatchObject({ status: 503, lines: [{ code: 'OVERLOADED' }] })
    expect(await (await silent).text()).toContain('"TIMEOUT"')
    const large = await post('x'.repeat(2_000), '', small)
    expect(large.lines.at(-1)).toMatchObject({ error: { code: 'TOO_LARGE' } })
    await expect.poll(() => readdir(folder)).toEqual([])
    await small.close()
  })

  it('that is under way ends in good order when the server is stopped', async () => {
    const stopping = await startTestServer()
    const line = (n: number): string =>
      `${JSON.stringify({ messageId: String(n), channelId: 'c', userId: 'u', content: 'x'.repeat(200), timestamp: n })}\n`
    const answered = post(Array.from({ length: 100_000 }, (_, n) => line(n)).join(''), '', stopping)
    await expect.poll(() => stopping.db.countMessages(), { timeout: 30_000 }).toBeGreaterThan(0)
    await stopping.close()
    const last = (await answered).lines.at(-1)
    expect(JSON.stringify(last)).toMatch(/"report"|"CLOSED"/)
  })
})
