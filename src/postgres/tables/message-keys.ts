import type { Session } from '../connection/session.js'

/** So many keys the sequence gives at once. */
const keysPerBlock = 1_000

const takeBlocks = `SELECT nextval('message_keys') AS key FROM generate_series(1, $1::bigint)`

/**
 * Keys for so many messages, in their order; larger than those of all that was stored before this is asked, by whichever process: messages of
 * one time are in the order of their keys.
 */
export async function takeKeys(session: Session, count: number): Promise<number[]> {
  const blocks = await session.all<{ key: number }>(takeBlocks, [Math.ceil(count / keysPerBlock)])
  return Array.from(
    { length: count },
    (_, index) => (blocks[Math.floor(index / keysPerBlock)]?.key ?? 0) + (index % keysPerBlock),
  )
}
