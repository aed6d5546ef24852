import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/**
 * Unpacks bytes that are gzip, and hands on others as they are. The two bytes every gzip stream starts with decide,
 * whatever the file's name.
 *
 * @throws what reading `chunks` throws; an error with a code that starts with `Z_` when the gzip data is cut off or
 *   damaged.
 */
export async function* gunzipWhereNeeded(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const iterator = chunks[Symbol.asyncIterator]()
  try {
    const head = await readHead(iterator)
    const whole = prepend(head, iterator)
    if (head[0] !== 0x1f || head[1] !== 0x8b) {
      yield* whole
      return
    }
    // An error on the way in destroys the unpacking stream with it, so that reading from it throws the error.
    const unpacked = pipeline(whole, createGunzip(), () => undefined)
    for await (const chunk of unpacked) yield chunk
  } finally {
    await iterator.return?.()
  }
}

/** At least two bytes, or all there are. */
async function readHead(iterator: AsyncIterator<Buffer>): Promise<Buffer> {
  let head: Buffer = Buffer.alloc(0)
  while (head.length < 2) {
    const next = await iterator.next()
    if (next.done === true) break
    head = Buffer.concat([head, next.value])
  }
  return head
}

async function* prepend(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value
}
