/** Values that no field takes, some of which throw as soon as they are looked at. */

class Instance {
  readonly a = 1
}

const fail = (): never => {
  throw new RangeError('thrown by what the caller gave')
}
const traps = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail, getOwnPropertyDescriptor: fail }

const throwingGetter = (): unknown => Object.defineProperty({}, 'a', { enumerable: true, get: fail })
const throwingProxy = (): unknown => new Proxy({}, traps)
const throwingListProxy = (): unknown => new Proxy([1], traps)
const dateProxy = (): unknown => new Proxy(new Date(0), {})
function revokedProxy(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {})
  revoke()
  return proxy
}
const throwingDate = (): unknown => Object.assign(new Date(0), { getTime: fail })

/** These throw whatever is asked of them. */
export const throwingMakers: readonly (() => unknown)[] = [throwingProxy, throwingListProxy, revokedProxy]

export const makers: readonly (() => unknown)[] = [
  ...throwingMakers,
  throwingGetter,
  dateProxy,
  throwingDate,
  () => Symbol('s'),
  () => fail,
  () => 10n,
  () => Number.NaN,
  () => Infinity,
  () => -Infinity,
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new Instance(),
  () => new Uint8Array(4),
  () => new Error('e'),
  () => /x/,
  () => new String('text'),
]

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { deeper: deep(levels - 1) }
}

function cyclic(): unknown {
  const value: { self?: unknown; list?: unknown[] } = {}
  value.self = value
  value.list = [value, value]
  return value
}

/** Short to write and endless to read: each level holds the one below twice. */
function doubled(levels: number): unknown {
  return Array.from({ length: levels }).reduce<unknown>((inner) => ({ a: inner, b: inner }), 1)
}

const hidden = (toJSON: () => unknown): unknown =>
  Object.defineProperty({ a: 1 }, 'toJSON', { value: toJSON })

/** Objects that are no JSON; the slow ones are large. */
export const jsonMakers: Readonly<Record<'quick' | 'slow', readonly (() => unknown)[]>> = {
  quick: [
    cyclic,
    () => deep(66),
    () => deep(5_000),
    () => ({ a: undefined }),
    () => ({ a: new Date(0) }),
    () => ({ a: [[Number.NaN]] }),
    () => hidden(() => 'no object'),
    () => hidden(() => undefined),
    () => hidden(fail),
  ],
  slow: [() => ({ a: 'x'.repeat(4 * 1024 * 1024) }), () => doubled(60)],
}
