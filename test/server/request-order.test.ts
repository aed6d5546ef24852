import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { RequestOrder } from '../../src/server/operations/request-order.js'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const request = (number: number) => ({ client: 'c', number, oldest: 1 })

it('a request that comes again while it waits has the time of its own', async () => {
  const order = new RequestOrder()
  const first = order.turn(request(2))
  const refused = expect(first).rejects.toMatchObject({ code: 'OVERLOADED' })
  await vi.advanceTimersByTimeAsync(4_000)
  const again = order.turn(request(2))
  await vi.advanceTimersByTimeAsync(2_000)
  await refused
  const begun = await order.turn(request(1))
  begun()
  await expect(again).resolves.toBeTypeOf('function')
})

it('nobody waits at a server that stops, nor comes to wait', async () => {
  const order = new RequestOrder()
  const waiting = expect(order.turn(request(3))).rejects.toMatchObject({ code: 'OVERLOADED' })
  order.close()
  await waiting
  await expect(order.turn(request(2))).rejects.toMatchObject({ code: 'OVERLOADED' })
  await expect(order.turn(request(1))).resolves.toBeTypeOf('function')
})
