/**
 * An ingest service: `POST /messages` with lines of JSON, one message each, is answered when all of them are durable. A full queue is a
 * 503 that says when to come again. On SIGTERM it takes no new requests, answers those it has, and closes the database.
 *
 *     node ingest-service.ts [path] [port]     defaults: ':memory:' and 8080
 *     curl --data-binary @messages.ndjson http://127.0.0.1:8080/messages
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { closeOnSignals, ConvoDbError, openDatabase, type NewMessage } from 'convodb'

const [path = ':memory:', port = '8080'] = process.argv.slice(2)
const db = await openDatabase(path)

const maxRequestLength = 16 * 1024 * 1024

/** The text of a request; undefined when it is too long to be kept. */
async function read(request: IncomingMessage): Promise<string | undefined> {
  let text = ''
  // Not destroyed when it is left early: its connection has to carry the answer.
  for await (const piece of request.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += piece
    if (text.length > maxRequestLength) return undefined
  }
  return text
}

/** All of a request or nothing of it is stored. What is no message, the database says. */
function store(text: string): Promise<object> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return db.addMessages(lines.map((line): NewMessage => JSON.parse(line)))
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const send = (status: number, body: object): void => {
    // A connection that stays would keep the server from closing.
    if (!server.listening) response.setHeader('connection', 'close')
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`)
  }
  if (request.method !== 'POST' || request.url !== '/messages') return send(404, { error: 'POST /messages' })
  try {
    const text = await read(request)
    if (text === undefined) {
      // What is still on its way is not read.
      response.setHeader('connection', 'close')
      return send(413, { error: `A request has at most ${maxRequestLength} characters` })
    }
    send(200, await store(text))
  } catch (error) {
    if (error instanceof SyntaxError) return send(400, { error: `A line is not JSON: ${error.message}` })
    if (!(error instanceof ConvoDbError)) throw error
    if (error.retryable) response.setHeader('retry-after', '1')
    send(error.httpStatus, error)
  }
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error)
    response.destroy()
  })
})

closeOnSignals(db, { before: () => new Promise((resolve) => server.close(resolve)) })

server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  console.log(`listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`)
})
