import { createHash } from 'node:crypto'
import { checkIdempotencyKey } from './idempotency-key.js'
import { checkCallOptions, type CallOptions } from './call-options.js'

/** What a call of several operations takes besides them. */
export interface RequestOptions extends CallOptions {
  /**
   * 1 to 255 characters, of the caller's choice, that name this request and no other. The same request again with the same key
   * within a day changes nothing and gets the outcomes of the first one, whatever has happened since: a crash, a restart, another
   * thread. Default: none, and a request that is made twice is done twice.
   */
  idempotencyKey?: string | undefined
}

interface CheckedOptions {
  readonly keyHash: Uint8Array | undefined
  readonly callOptions: CallOptions
}

/** @throws INVALID_ARGUMENT naming the option */
export function checkRequestOptions(options: RequestOptions | undefined): CheckedOptions {
  if (typeof options !== 'object' || options === null || !('idempotencyKey' in options))
    return { keyHash: undefined, callOptions: checkCallOptions(options) }
  const { idempotencyKey, ...callOptions } = options
  return {
    keyHash: idempotencyKey === undefined ? undefined : hashOf(idempotencyKey),
    callOptions: checkCallOptions(callOptions),
  }
}

const hashOf = (key: unknown): Uint8Array =>
  createHash('sha256').update(checkIdempotencyKey(key), 'utf8').digest()
