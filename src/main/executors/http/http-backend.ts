import type * as AsyncHooks from 'node:async_hooks'
import type { ExecuteJson } from '../../calls/execute.js'
import { ConvoDbError } from '../../../protocol/errors.js'
import type { Lane } from '../../../protocol/operation.js'
import { toJsonForm } from '../../../protocol/json-form.js'
import type { Backend } from '../../backend.js'
import type { BatchedOperation } from '../../calls/batch.js'
import { answering, refusing } from '../../calls/call-errors.js'
import { checkCallOptions, type CallOptions } from '../../validation/call-options.js'
import type { RequestOptions } from '../../validation/request-options.js'
import type { CloseOptions } from '../executor.js'
import { settledWithin } from '../lanes/time.js'
import { Leases, type LeaseContext } from '../leases/leases.js'
import { decodeResult } from './decode-result.js'
import { checkRemoteSubscribeOptions, type SubscribeOptions } from '../../subscriptions/options.js'
import { encodeOperations } from './encode-operations.js'
import { encodeParams } from './encode-params.js'
import { HttpSubscription } from './http-subscription.js'
import { RequestSequence } from './request-sequence.js'
import { errorOf } from './problem.js'
import { RequestLane, type RequestLimits } from './request-lane.js'
import { statsFromJson } from './stats-from-json.js'
import { Transport, type TransportOptions } from './transport.js'
import { laneOf } from './write-names.js'

export interface HttpOptions extends TransportOptions, Omit<RequestLimits, 'maxRequests'> {
  readonly maxReadRequests: number
  readonly closeTimeoutMs: number
}

/** Carries a database's calls to a server. */
export function httpBackend<Metadata extends object, Profile extends object>(
  options: HttpOptions,
): Backend<Metadata, Profile>
export function httpBackend(options: HttpOptions): unknown {
  const transport = new Transport(options)
  const leases = new Leases(leaseContext())
  const sequence = new RequestSequence()
  let isOpen = true
  let opening: Promise<unknown> | undefined
  let keepsOrder = false
  const send = (lane: Lane) => async (texts: readonly string[]) => {
    if (opening !== undefined) await opening
    if (lane === 'read') return outcomesOf(await ask(transport, () => '', texts, true))
    const answer = await sequence.number((fields) => ask(transport, fields, texts))
    keepsOrder = Reflect.get(answer, 'keepsOrder') === true
    return outcomesOf(answer)
  }
  const maxRequests = {
    read: () => options.maxReadRequests,
    // Two, so that one is written and read while the other is carried out, once the server has said that it begins them in order.
    write: () => (keepsOrder ? 2 : 1),
  }
  const lanes = {
    read: new RequestLane('read', { ...options, maxRequests: maxRequests.read }, send('read')),
    write: new RequestLane('write', { ...options, maxRequests: maxRequests.write }, send('write')),
  }
  const subscriptions = new Set<HttpSubscription>()
  const subscribe = (given: unknown = {}): HttpSubscription => {
    const { refusal, options: subscribeOptions } = readSubscribeOptions(given, isOpen)
    const onEnd = (ended: HttpSubscription): void => void subscriptions.delete(ended)
    const subscription = new HttpSubscription(transport, subscribeOptions, onEnd, refusal)
    if (!subscription.isOver) subscriptions.add(subscription)
    // What is called after it is carried out after it, so that it tells of that.
    opening = Promise.all([opening, subscription.opened])
    return subscription
  }
  const assertOpen = (): void => {
    if (!isOpen) throw new ConvoDbError('CLOSED', 'The database is closed')
  }

  const execute = (name: string, params: unknown, callOptions?: CallOptions): Promise<unknown> => {
    const lane = laneOf(name)
    try {
      const refusal = lanes[lane].refusal()
      if (refusal !== undefined) return Promise.reject(refusal)
      assertOpen()
      if (lane === 'write') leases.assertNotInside('write', name)
      const text = `{"name":${JSON.stringify(name) ?? 'null'},"params":${encodeParams(params)}}`
      const messageId: unknown =
        name === 'storeMessage' ? Reflect.get(Object(params), 'messageId') : undefined
      return lanes[lane]
        .execute({ text, messageId }, checkCallOptions(callOptions), decodeResult)
        .catch((error: unknown) => {
          throw answering(name, error)
        })
    } catch (error) {
      return Promise.reject(refusing(name, error))
    }
  }

  /** Several operations of one call travel as one, among those of other calls. */
  const executeRequest = async (
    kind: 'batch' | 'each',
    given: readonly BatchedOperation[],
    { idempotencyKey, ...callOptions }: RequestOptions,
    decode: (outcome: unknown) => unknown,
  ): Promise<unknown> => {
    const name = kind === 'batch' ? 'batch' : 'executeEach'
    const refusal = lanes.write.refusal()
    if (refusal !== undefined) throw refusal
    refuseChannels(callOptions)
    const { text, refusals } = encode(name, () => encodeOperations(kind, given, idempotencyKey))
    const decodeOne = (value: unknown, index: number): unknown => {
      const error = refusals.get(index)
      return error === undefined ? decode(value) : { ok: false, error: refusing(name, error) }
    }
    try {
      assertOpen()
      leases.assertNotInside('write', name)
      const decodeAll = (values: unknown): unknown => (Array.isArray(values) ? values.map(decodeOne) : [])
      return await lanes.write.execute({ text }, checkCallOptions(callOptions), decodeAll)
    } catch (error) {
      throw answering(name, error)
    }
  }

  const executeJson: ExecuteJson = async (name, params, callOptions) => {
    refuseChannels(callOptions)
    return new TextEncoder().encode(JSON.stringify(toJsonForm(await execute(name, params, callOptions))))
  }

  return {
    path: options.url.href,
    get isOpen() {
      return isOpen
    },
    execute,
    executeOurs: execute,
    executeJson,
    lendJson: async (name, params, use, callOptions) => use(await executeJson(name, params, callOptions)),
    batch: (given: readonly BatchedOperation[], requestOptions: RequestOptions = {}) =>
      executeRequest('batch', given, requestOptions, decodeResult),
    executeEach: (given: readonly BatchedOperation[], requestOptions: RequestOptions = {}) =>
      executeRequest('each', given, requestOptions, decodeOutcome),
    lend: async (work, leaseOptions) => {
      assertOpen()
      const { mode = 'read' } = leaseOptions
      leases.assertNotInside(mode, 'withConnection')
      return leases.track(mode, work, async (tracked) => {
        const { runLease } = await import('./http-lease.js')
        return runLease(transport, tracked, leaseOptions)
      })
    },
    subscribe,
    subscribers: () => subscriptions.size,
    ready: () => lanes.write.ready(),
    createPort() {
      throw unsupported('createPort', 'a thread reaches the server by connect, too')
    },
    stats: async () => {
      assertOpen()
      const stats = await transport.ask({ method: 'GET', path: 'v1/stats', isRepeatable: true })
      return { ...statsFromJson(stats), path: options.url.href }
    },
    verify: async (verifyOptions) => {
      assertOpen()
      const { verifyRemotely } = await import('./verify-remotely.js')
      return verifyRemotely(transport, verifyOptions)
    },
    backup: async () => {
      throw unsupported('backup', "GET /v1/backup streams one, and the server's --backup-every makes them")
    },
    async close({ timeoutMs = options.closeTimeoutMs }: CloseOptions) {
      const answered = Promise.all([leases.close(), lanes.read.close(), lanes.write.close()])
      const isAnswered = await settledWithin(timeoutMs, answered)
      isOpen = false
      for (const subscription of subscriptions) {
        subscription.fail(new ConvoDbError('CLOSED', 'The database was closed'))
      }
      transport.end()
      if (isAnswered) return
      const closed = new ConvoDbError('CLOSED', 'The database was closed before this call was answered')
      for (const lane of Object.values(lanes)) lane.abandon(closed)
    },
  } satisfies Omit<Backend<object, object>, 'batch' | 'executeEach' | 'subscribe'> & {
    readonly subscribe: unknown
    readonly batch: unknown
    readonly executeEach: unknown
  }
}

async function ask(
  transport: Transport,
  fields: () => string,
  texts: readonly string[],
  isRead = false,
): Promise<object> {
  const operations = texts.join(',')
  const body = (): string => `{"terse":true,${fields()}"operations":[${operations}]}`
  const request = { method: 'POST', path: 'v1/operations', body, isRepeatable: true, isRead } as const
  return Object(await transport.ask(request))
}

function outcomesOf(answer: object): readonly unknown[] | 'inserted' {
  const outcomes: unknown = Reflect.get(answer, 'outcomes')
  return Array.isArray(outcomes) || outcomes === 'inserted' ? outcomes : []
}

function encode<Encoded>(name: string, write: () => Encoded): Encoded {
  try {
    return write()
  } catch (error) {
    throw refusing(name, error)
  }
}

function decodeOutcome(outcome: unknown): unknown {
  if (Reflect.get(Object(outcome), 'ok') === true) {
    return { ok: true, value: decodeResult(Reflect.get(Object(outcome), 'value')) }
  }
  return { ok: false, error: errorOf(Reflect.get(Object(outcome), 'error')) }
}

/** Here, since in a query everything is text. */
function readSubscribeOptions(
  given: unknown,
  isOpen: boolean,
): { readonly options: SubscribeOptions; readonly refusal?: ConvoDbError } {
  try {
    checkRemoteSubscribeOptions(given)
    const options = given
    if (!isOpen) return { options, refusal: new ConvoDbError('CLOSED', 'The database is closed') }
    return options.withinChannels === undefined ? { options } : { options, refusal: noChannels() }
  } catch (error) {
    return { options: {}, refusal: refusing('subscribe', error) }
  }
}

/** What a server holds its caller to is the key's; one that was not heeded would be worse than none. */
function refuseChannels(options: object = {}): void {
  if (Reflect.get(options, 'withinChannels') !== undefined) throw noChannels()
}

const noChannels = (): ConvoDbError => unsupported('withinChannels', 'make a key with --channel')

const unsupported = (call: string, instead: string): ConvoDbError =>
  new ConvoDbError('UNSUPPORTED', `${call} does not exist over HTTP; ${instead}`)

/**
 * Node, Bun and Deno have one; it is asked for so that no bundler for browsers looks for it, nor a minifier makes a bare `process` of
 * it, which browsers have not.
 */
function leaseContext(): LeaseContext | undefined {
  const process: unknown = Reflect.get(globalThis, 'process')
  const getBuiltinModule: unknown = Reflect.get(Object(process), 'getBuiltinModule')
  if (typeof getBuiltinModule !== 'function') return undefined
  const hooks: typeof AsyncHooks | undefined = getBuiltinModule('node:async_hooks')
  return hooks && new hooks.AsyncLocalStorage()
}
