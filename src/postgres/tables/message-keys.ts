import { keysPerBlock } from '../connection/key-blocks.js'
import type { Session } from '../connection/session.js'

const takeBlocks = `SELECT nextval('message_keys') AS key FROM generate_series(1, $1::bigint)`

const askFor = async (session: Session, count: number): Promise<number[]> =>
  (await session.all<{ key: number }>(takeBlocks, [count])).map(({ key }) => key)

/** Keys for so many messages, in their order. */
export async function takeKeys(session: Session, count: number): Promise<number[]> {
  const ask = (): Promise<number[]> => askFor(session, Math.ceil(count / keysPerBlock))
  const blocks = await (session.keys?.take(Math.ceil(count / keysPerBlock), ask) ?? ask())
  return Array.from(
    { length: count },
    (_, index) => (blocks[Math.floor(index / keysPerBlock)] ?? 0) + (index % keysPerBlock),
  )
}

/** To be called behind what keeps the server busy: the next as many are there then, where whoever writes keeps them. */
export const takeKeysAhead = (session: Session, count: number): void =>
  session.keys?.keep(askFor(session, Math.ceil(count / keysPerBlock)))
