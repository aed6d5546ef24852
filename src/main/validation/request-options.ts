import type { OperationRequest } from '../../protocol/requests.js'
import { checkIdempotencyKey } from './idempotency-key.js'
import { checkCallOptions, checkChannels, type CallOptions, type ChannelOptions } from './call-options.js'

/** What a call of several operations takes besides them. */
export interface RequestOptions extends ChannelOptions {
  /**
   * 1 to 255 characters, of the caller's choice, that name this request and no other. The same request again with the same key
   * within a day changes nothing and gets the outcomes of the first one, whatever has happened since: a crash, a restart, another
   * thread. Default: none, and a request that is made twice is done twice.
   */
  idempotencyKey?: string | undefined
}

/** What travels with the operations of a request. */
export type RequestManner = Pick<OperationRequest, 'keyHash' | 'withinChannels'>

interface CheckedOptions {
  readonly manner: RequestManner
  readonly callOptions: CallOptions
}

/** @throws INVALID_ARGUMENT naming the option */
export function checkRequestOptions(options: RequestOptions | undefined): CheckedOptions {
  if (typeof options !== 'object' || options === null)
    return { manner: {}, callOptions: checkCallOptions(options) }
  const { idempotencyKey, withinChannels, ...callOptions } = options
  return {
    manner: {
      keyHash: idempotencyKey === undefined ? undefined : hashOf(idempotencyKey),
      withinChannels: checkChannels(withinChannels),
    },
    callOptions: checkCallOptions(callOptions),
  }
}

/** Node's cryptography is loaded with the first key: it takes as long as a tenth of opening. */
function hashOf(key: unknown): Uint8Array {
  const { createHash } = process.getBuiltinModule('node:crypto')
  return createHash('sha256').update(checkIdempotencyKey(key), 'utf8').digest()
}
