import { pipeline } from 'node:stream'
// By its whole: a name that is missing (zstd before Node 22.15) would keep the program from loading.
import zlib from 'node:zlib'
import { ConvoDbError } from '../../../main/index.js'
import type { Encoding } from '../messages.js'
import { zstdFrames } from './zstd-frames.js'

/** Of what is unpacked at once. */
const chunkSize = 64 * 1024

/**
 * The bytes behind a content encoding.
 *
 * @throws INVALID_ARGUMENT when they are damaged or cut off; what reading `blocks` throws
 */
export async function* unpack(blocks: AsyncGenerator<Buffer>, encoding: Encoding): AsyncGenerator<Buffer> {
  try {
    yield* unpackers[encoding](blocks)
  } catch (error) {
    if (error instanceof ConvoDbError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConvoDbError('INVALID_ARGUMENT', `the body can not be unpacked as ${encoding}: ${reason}`, {
      field: 'content-encoding',
    })
  }
}

const unpackers: {
  readonly [E in Encoding]: (blocks: AsyncGenerator<Buffer>) => AsyncIterable<Buffer>
} = {
  identity: (blocks) => blocks,
  // An error on the way in destroys the unpacking stream with it, so that reading from it throws the error.
  gzip: (blocks) => pipeline(blocks, zlib.createGunzip({ chunkSize }), () => undefined),
  zstd: (blocks) => zstdFrames(blocks, () => zlib.createZstdDecompress({ chunkSize, params: zstdParams() })),
}

/** As much memory as a sender of zstd over HTTP may ask for: a window of 8 MiB (RFC 9659). */
const zstdParams = (): { readonly [param: number]: number } => ({
  [zlib.constants.ZSTD_d_windowLogMax]: 23,
})
