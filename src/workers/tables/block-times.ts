import type { Order } from '../../protocol/parameters.js'
import type { ReadConnection } from '../connection/connection.js'

// A range of the primary key, of all blocks: one small row for every 8,192 messages.
const selectBlocks = `
  SELECT block, earliest, latest FROM block_times
  WHERE block >= 0 AND earliest <= :latest AND latest >= :earliest`

/** A block of 8,192 message keys, and between which times its indexed messages are; those may be of messages that are gone. */
export interface BlockTimes {
  readonly block: number
  readonly earliest: number
  readonly latest: number
}

/** The blocks that may have a message of these times, both inclusive; those that begin first in the order asked come first. */
export const listBlocks = (
  connection: ReadConnection,
  order: Order,
  period: { readonly earliest: number; readonly latest: number },
): BlockTimes[] =>
  connection
    .all<BlockTimes>(selectBlocks, { ...period })
    .toSorted((one, other) => (order === 'desc' ? other.latest - one.latest : one.earliest - other.earliest))
