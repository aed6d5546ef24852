import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { readdir, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect, openDatabase, verifyDatabase } from 'convodb'
import { expect, describe, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { startServeProcess } from '../support/serve-process.js'

const run = (...args: readonly string[]) =>
  promisify(execFile)(process.execPath, [resolve('dist/cli/index.js'), ...args])

describe('convodb serve', () => {
  it('shows an admin’s key at its first start, and what was stored is there at the next', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const first = await startServeProcess(['--db', path, '--port', '0'])
    expect(first.apiKey).toBeDefined()
    const apiKey = first.apiKey ?? ''
    const db = connect(first.url, { apiKey })
    await db.storeMessage(message('1', { content: 'a secret word' }))
    await db.close()
    expect(await first.stop()).toBe('SIGTERM')
    expect(first.log.join('\n')).toMatch('"route":"/v1/operations"')
    expect(first.log.join('\n')).not.toMatch(/secret|cdb_/)
    expect((await readdir(join(path, '..'))).toSorted()).toEqual(['chat.db', 'chat.db-keys'])

    const second = await startServeProcess(['--db', path], { CONVODB_PORT: '0', CONVODB_LOG_LEVEL: 'silent' })
    expect(second.apiKey).toBeUndefined()
    const again = connect(second.url, { apiKey })
    expect(await again.getMessagesByIds(['1'])).toMatchObject([{ content: 'a secret word' }])
    await again.close()
    await second.stop('SIGINT')
    expect(second.log).toEqual([])
  })

  it('answers what it was asked before it was told to stop', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const server = await startServeProcess(['--db', path, '--port', '0', '--log-level', 'silent'])
    const db = connect(server.url, { apiKey: server.apiKey ?? '', retryForMs: 0 })
    const stored: string[] = []
    const ended = Promise.all(
      Array.from({ length: 20 }, async (_, lane) => {
        for (let n = 0; ; n += 1) {
          const id = `${lane}-${n}`
          await db.storeMessage(message(id))
          stored.push(id)
        }
      }),
    ).catch((error: unknown) => error)
    await expect.poll(() => stored.length, { timeout: 60_000 }).toBeGreaterThan(200)
    await server.stop()
    expect(await ended).toMatchObject({ code: expect.stringMatching(/UNREACHABLE|CLOSED|OUTCOME_UNKNOWN/) })
    await db.close({ timeoutMs: 0 })
    await using file = await openDatabase(path, { readOnly: true })
    expect(await file.getMessagesByIds(stored)).toHaveLength(stored.length)
  })

  it('waits for what it was asked as long as it was told to, be that longer than the database’s own time', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const args = ['--db', path, '--port', '0', '--log-level', 'silent', '--close-timeout-ms', '30000']
    const server = await startServeProcess(args)
    const body = JSON.stringify(message('late'))
    const request = httpRequest(`${server.url}/v1/messages`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.apiKey}`,
        'content-type': 'application/json',
        'content-length': body.length,
      },
    })
    request.write(body.slice(0, 5))
    await expect.poll(() => request.socket?.bytesWritten).toBeGreaterThan(5)
    const stopped = server.stop()
    // The database's own time is ten seconds.
    await delay(11_000)
    request.end(body.slice(5))
    const [response] = await once(request, 'response')
    expect(response.statusCode).toBe(201)
    response.resume()
    expect(await stopped).toBe('SIGTERM')
  })

  it('takes options from a file, after flags and the environment', async () => {
    const folder = await temporaryFolder()
    const config = join(folder, 'serve.json')
    await writeFile(
      config,
      JSON.stringify({ port: 1, maxBodyBytes: 50, allowedHost: ['chat.example'], logLevel: 'silent' }),
    )
    const server = await startServeProcess(['--db', join(folder, 'chat.db'), '--config', config], {
      CONVODB_PORT: '0',
    })
    const response = await fetch(new URL('/v1/messages', server.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${server.apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(message('1', { content: 'x'.repeat(50) })),
    })
    expect(await response.json()).toMatchObject({ code: 'TOO_LARGE' })
    await server.stop()
  })

  it('makes verified backups, and keeps so many', async () => {
    const folder = await temporaryFolder()
    const backups = join(folder, 'kept')
    const server = await startServeProcess(
      [
        '--db',
        join(folder, 'chat.db'),
        '--port',
        '0',
        '--backup-every',
        '1s',
        '--backup-keep',
        '2',
        '--backup-dir',
        backups,
      ],
      {},
    )
    const made = (): number => server.log.filter((line) => line.includes('backup made')).length
    await expect.poll(made, { timeout: 120_000 }).toBeGreaterThan(3)
    await server.stop()
    const kept = (await readdir(backups)).filter((name) => name.endsWith('.db'))
    expect(kept).toHaveLength(2)
    expect(await verifyDatabase(join(backups, kept[0] ?? ''))).toMatchObject({ isOk: true })
  })

  it.each([
    [['--port', 'x'], /whole number/],
    [['--host', '0.0.0.0'], /--behind-tls-proxy/],
    [['--port', ''], /whole number/],
    [['--port', '0x1f'], /whole number/],
    [['--port', '70000'], /from 0 to 65535/],
    [['--request-timeout-ms', '3000000000'], /from 1 to 2147483647/],
    [['--close-timeout-ms', '3000000000'], /from 0 to 2147483647/],
    [['--backup-every', '5'], /90s, 30m/],
    [['--config', '/nowhere.json'], /nowhere\.json/],
    [['--surprise'], /unknown option/],
  ])('refuses %j in one line', async (args, problem) => {
    const path = join(await temporaryFolder(), 'chat.db')
    const failure = await run('serve', '--db', path, ...args).catch((error: unknown) => error)
    expect(failure).toMatchObject({ stderr: expect.stringMatching(problem) })
    expect(
      String(Reflect.get(Object(failure), 'stderr'))
        .trim()
        .split('\n'),
    ).toHaveLength(1)
  })

  it('needs a database, which its file may name', async () => {
    const folder = await temporaryFolder()
    const config = join(folder, 'serve.json')
    await writeFile(
      config,
      JSON.stringify({ db: join(folder, 'chat.db'), port: 0, requestTimeoutMs: 600_000 }),
    )
    const server = await startServeProcess(['--config', config])
    await server.stop()
    expect(await readdir(folder)).toContain('chat.db')
    await expect(run('serve')).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching('--db') })
  })

  it('takes a no of the environment for a no, and an empty variable for none', async () => {
    const folder = await temporaryFolder()
    const config = join(folder, 'serve.json')
    await writeFile(config, JSON.stringify({ behindTlsProxy: true, port: 0 }))
    const args = ['--db', join(folder, 'chat.db'), '--config', config]
    const refusal = (value: string) =>
      startServeProcess([...args, '--host', '0.0.0.0'], { CONVODB_BEHIND_TLS_PROXY: value }).then(
        (server) => server.stop(),
        String,
      )
    expect(await refusal('false')).toMatch('can be reached by others')
    expect(await refusal('nonsense')).toMatch('CONVODB_BEHIND_TLS_PROXY must be true or false')
    expect(await refusal('1')).toBe('SIGTERM')
    const server = await startServeProcess(args, { CONVODB_PORT: '', CONVODB_MAX_REQUESTS_PER_SECOND: '' })
    const { headers } = await fetch(new URL('/healthz', server.url))
    expect(headers.get('x-ratelimit-limit')).toBe('2000')
    await server.stop()
  })

  it('tells of every option with its default and its name in the environment', async () => {
    const { stdout } = await run('serve', '--help')
    const flat = stdout.replaceAll(/\s+/g, ' ')
    expect(flat).toContain(
      '--port <number> port to listen on; 0 takes a free one (default: 7410, env: CONVODB_PORT)',
    )
    expect(flat).toContain('CONVODB_MAX_BODY_BYTES')
  })
})

describe('convodb keys', () => {
  it('makes, lists and revokes them', async () => {
    const path = join(await temporaryFolder(), 'chat.db')
    const key = (
      await run('keys', 'create', '--db', path, '--scope', 'read', '--name', 'a bot')
    ).stdout.trim()
    const [, keyId = ''] = /^cdb_(\w{16})_\S{43}$/.exec(key) ?? []
    expect((await run('keys', 'list', '--db', path)).stdout).toMatch(
      new RegExp(`^${keyId}  read  .* a bot\\n$`),
    )
    const listed = JSON.parse((await run('keys', 'list', '--db', path, '--json')).stdout)
    expect(listed).toEqual({
      keyId,
      scope: 'read',
      channels: null,
      name: 'a bot',
      createdAt: expect.any(String),
      expiresAt: null,
    })
    await run('keys', 'revoke', keyId, '--db', path)
    expect((await run('keys', 'list', '--db', path)).stdout).toBe('')
    await expect(run('keys', 'revoke', keyId, '--db', path)).rejects.toMatchObject({
      stderr: expect.stringMatching('There is no key'),
    })
    const some = ['--db', path, '--scope', 'write', '--channel', 'a', '--channel', 'b', '--channel', 'a']
    await run('keys', 'create', ...some)
    expect((await run('keys', 'list', '--db', path)).stdout).toMatch(/, for a, b {2}\n$/)
    await expect(
      run('keys', 'create', '--db', path, '--scope', 'admin', '--channel', 'a'),
    ).rejects.toMatchObject({ stderr: expect.stringMatching('a key of scope admin is for all') })
    await expect(run('keys', 'create', '--db', path, '--scope', 'all')).rejects.toMatchObject({ code: 2 })
    for (const time of ['2020-01-01', '2099-02-30', '12']) {
      await expect(
        run('keys', 'create', '--db', path, '--scope', 'read', '--expires', time),
      ).rejects.toMatchObject({ code: 2 })
    }
  })
})
