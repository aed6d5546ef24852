import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { request, type ClientRequest, type IncomingMessage } from 'node:http'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { createRows } from '../rows.js'
import { pathIn } from './convodb.js'
import type { ServerAnswer, ServerRequest } from './ingest-server.js'
import type { Side } from './side.js'

const serverPath = fileURLToPath(new URL('ingest-server.js', import.meta.url))
const linesPerBlock = 1_000
/** More rows than that are sent over and over under ids of their own, or making them would take all the memory. */
const rowsAtOnce = 500_000

/** One upload to a server in a process of its own; from its first byte to the last line of the answer. */
const upload =
  (pack: (lines: Buffer) => Buffer, encoding: string): Side =>
  async ({ folder, rows }) => {
    const server = fork(serverPath, [pathIn(folder)])
    const { url, key } = await hear(server, 'listening')
    const firstBlocks = blocksOf(Math.min(rows, rowsAtOnce), 0, pack)
    ask(server, { kind: 'watch' })
    await hear(server, 'watching')
    const startMs = performance.now()
    const call = request(new URL('/v1/ingest', url), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${key}`,
        'content-type': 'application/x-ndjson',
        'content-encoding': encoding,
      },
    })
    const answered: Promise<[IncomingMessage]> = answerTo(call)
    await writeAll(call, firstBlocks)
    for (let first = rowsAtOnce; first < rows; first += rowsAtOnce) {
      await writeAll(call, blocksOf(Math.min(rowsAtOnce, rows - first), first, pack))
    }
    call.end()
    const [response] = await answered
    const answer = await text(response)
    const elapsedMs = performance.now() - startMs
    if (!answer.includes(`"inserted":${rows},`)) throw new Error(`Not everything was stored: ${answer}`)
    ask(server, { kind: 'finish', rows })
    const { engine, eventLoop, peakRssMib } = await hear(server, 'finished')
    return { items: rows, elapsedMs, engine, eventLoop, peakRssMib }
  }

export const ingestHttp = upload((lines) => lines, 'identity')
/** Every block is a member of its own of the gzip file. */
export const ingestHttpGzip = upload((lines) => gzipSync(lines, { level: 1 }), 'gzip')

function blocksOf(rows: number, first: number, pack: (lines: Buffer) => Buffer): readonly Buffer[] {
  return Array.from({ length: Math.ceil(rows / linesPerBlock) }, (_, block) => {
    const start = block * linesPerBlock
    const part = createRows(Math.min(linesPerBlock, rows - start), first + start)
    return pack(Buffer.from(part.map((row) => `${JSON.stringify(row)}\n`).join('')))
  })
}

async function writeAll(call: ClientRequest, blocks: readonly Buffer[]): Promise<void> {
  for (const block of blocks) if (!call.write(block)) await once(call, 'drain')
}

function answerTo(call: ClientRequest): Promise<[IncomingMessage]>
function answerTo(call: ClientRequest): Promise<unknown> {
  return once(call, 'response')
}

const ask = (server: ChildProcess, message: ServerRequest): void => void server.send(message)

type AnswerOf<Kind extends ServerAnswer['kind']> = Extract<ServerAnswer, { kind: Kind }>

/** The next message that the server sends, which is of that kind. */
function hear<Kind extends ServerAnswer['kind']>(server: ChildProcess, kind: Kind): Promise<AnswerOf<Kind>>
async function hear(server: ChildProcess, kind: string): Promise<unknown> {
  const [answer]: unknown[] = await once(server, 'message')
  if (Reflect.get(Object(answer), 'kind') !== kind)
    throw new Error(`The server said ${JSON.stringify(answer)}`)
  return answer
}
