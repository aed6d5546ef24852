import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openDatabase } from 'convodb'
import { beforeEach, describe, expect, it } from 'vitest'
import { message, temporaryFolder } from '../support/databases.js'
import { runCli, startCli } from './run-cli.js'

let folder: string
let path: string
beforeEach(async () => {
  folder = await temporaryFolder()
  path = join(folder, 'chat.db')
  await using db = await openDatabase(path, { readers: 1 })
  await db.addMessages(Array.from({ length: 5 }, (_, n) => message(`m${n}`, { content: 'x'.repeat(n) })))
})

/** A program that answers each line as `answer` says, with `id` and `text` in reach. */
async function programOf(answer: string): Promise<string> {
  const program = join(folder, 'embed.mjs')
  await writeFile(
    program,
    `import { createInterface } from 'node:readline'
     const say = (line) => console.log(JSON.stringify(line))
     createInterface({ input: process.stdin }).on('line', (line) => { const { id, text } = JSON.parse(line); ${answer} })`,
  )
  return `"${process.execPath}" "${program}"`
}

const embed = async (answer: string, ...args: string[]) =>
  runCli(['embed', '--db', path, '--model', 'mini', '--command', await programOf(answer), ...args])

async function vectors(): Promise<string[]> {
  await using db = await openDatabase(path, { readers: 1 })
  const ownerIds = Array.from({ length: 6 }, (_, n) => `m${n}`)
  const found = await db.getEmbeddings({ ownerType: 'message', ownerIds, model: 'mini' })
  return found.map(({ ownerId, vector }) => `${ownerId} ${vector.join(' ')}`)
}

describe('convodb embed', () => {
  it('has a program make all vectors, in whatever order, and has nothing to do a second time', async () => {
    const backwards = `
      globalThis.kept = [...(globalThis.kept ?? []), { id, vector: [text.length, 1] }]
      clearTimeout(globalThis.timer)
      globalThis.timer = setTimeout(() => { for (const one of kept.splice(0).reverse()) say(one) }, 20)`
    const { exitCode, stdout, stderr } = await embed(backwards, '--batch-size', '2', '--dimension', '2')
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '5 vectors stored\n' })
    expect(stderr).toMatch(/^2 of 5 \| /)
    expect(await vectors()).toEqual([0, 1, 2, 3, 4].map((n) => `m${n} ${n} 1`))
    expect((await embed(backwards, '--json')).stdout).toBe('{"stored":0,"skipped":0}\n')
  })

  it('says what went wrong first where the database can not be closed after that, either', async () => {
    const { exitCode, stderr } = await embed(`
      globalThis.gone ??= import('node:fs').then(({ rmSync }) => rmSync(${JSON.stringify(path)}))
      gone.then(() => say({ id, vector: [1] }))`)
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^convodb: .*chat\.db.*\(FILE_LOST\)\n$/)
  })

  it('skips a text for null', async () => {
    const { stdout } = await embed(`say({ id, vector: text === '' ? null : [1] })`)
    expect(stdout).toBe('4 vectors stored, 1 skipped\n')
  })

  it.each([
    ['console.log("Loading ...")', /a line that is no JSON: Loading/],
    ['say({ id, vectors: [1] })', /a line that is not \{"id"/],
    ['say({ id, vector: [1, "2"] })', /a line that is not \{"id"/],
    ['say({ id, vector: [1] }); say({ id, vector: [1] })', /which it was not asked, or twice/],
    ['say({ id: "other", vector: [1] })', /answered 'other', which it was not asked/],
    ['say({ id, vector: [1, 2] })', /a vector of 2 numbers, not of 1/],
    ['say({ id, vector: "AACAPwAAAEA=" })', /a vector of 2 numbers, not of 1/],
    ['say({ id, vector: "no base64" })', /a line that is not \{"id".*m\d/],
    ['say({ id, vector: [1e39] })', /a line that is not \{"id".*m\d/],
    ['process.exit(3)', /The command ended \(exit code 3\)/],
    ['globalThis.stays = setInterval(() => {}, 1000)', /has not answered a batch of 5 for 1 s/],
  ])('%s is an error that says so; nothing of the batch is kept from others', async (answer, reason) => {
    const patience = answer.includes('stays') ? ['--timeout', '1'] : []
    const { exitCode, stdout, stderr } = await embed(answer, '--dimension', '1', ...patience)
    expect(stderr).toMatch(reason)
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
    expect((await embed('say({ id, vector: [1] })')).stdout).toBe('5 vectors stored\n')
  })

  it('a text or an id with a line separator is one line to every program, and so is its answer', async () => {
    const id = 'line\u2028one\u2029and\u0085two'
    await using db = await openDatabase(path, { readers: 1 })
    await db.addMessages([message(id, { content: 'a\u2028b\u2029c\u0085d\ne\rf' })])
    await db.close()
    const { exitCode, stdout, stderr } = await embed('say({ id, vector: [text.length] })')
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stdout: '6 vectors stored\n' })
  })

  it('waits for nothing that a program leaves behind, though it holds its output', async () => {
    const program = await programOf('say({ id, vector: [1] })')
    const leaving = ['embed', '--db', path, '--model', 'mini', '--command', `sleep 3600 & ${program}`]
    expect(await runCli(leaving)).toMatchObject({ exitCode: 0, stdout: '5 vectors stored\n' })
  })

  it('says how a program has failed, though what it left behind holds its output', async () => {
    const command = 'read line; sleep 3600 & exit 3'
    const failing = ['embed', '--db', path, '--model', 'mini', '--timeout', '30', '--command', command]
    const { exitCode, stderr } = await runCli(failing)
    expect(stderr).toMatch(/^convodb: The command ended \(exit code 3\) before it had answered\n$/)
    expect(exitCode).toBe(1)
  })

  it('a second interrupt ends it at once, and the program with it', async () => {
    const command = 'echo started >&2; exec sleep 3600'
    const cli = startCli(['embed', '--db', path, '--model', 'mini', '--command', command])
    await cli.says(/started/)
    cli.kill('SIGINT')
    await cli.says(/Stopping/)
    const again = setInterval(() => cli.kill('SIGINT'), 200)
    // Its standard error is the program's, too: this comes when both have ended.
    expect(await cli.result).toMatchObject({ exitCode: 130, stdout: '' })
    clearInterval(again)
  })

  it('a command that there is not, and a database that there is not', async () => {
    const missing = await runCli(['embed', '--db', path, '--model', 'm', '--command', '/no/such/program'])
    expect(missing).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('exit code 127') })
    const none = await runCli(['embed', '--db', `${path}.none`, '--model', 'm', '--command', 'cat'])
    expect(none.exitCode).toBe(1)
    const empty = await runCli(['embed', '--db', path, '--model', 'm', '--command', ' '])
    expect(empty).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('It is empty.') })
  })

  it('with --follow goes on until it is interrupted, and leaves nothing half done', async () => {
    const command = await programOf('say({ id, vector: [1] })')
    const cli = startCli(['embed', '--db', path, '--model', 'mini', '--command', command, '--follow'])
    await cli.says(/5 of 5/)
    cli.kill('SIGINT')
    expect(await cli.result).toMatchObject({ exitCode: 130, stdout: '5 vectors stored\n' })
    expect(await vectors()).toHaveLength(5)
  })

  it('reports as JSON what it has done until it was told to end', async () => {
    const command = await programOf(`say({ id, vector: text === '' ? null : [1] })`)
    const following = ['--model', 'mini', '--command', command, '--follow', '--json']
    const cli = startCli(['embed', '--db', path, ...following])
    await cli.says(/5 of 5|4 of 5/)
    cli.kill('SIGTERM')
    expect(await cli.result).toMatchObject({ exitCode: 143, stdout: '{"stored":4,"skipped":1}\n' })
  })
})
