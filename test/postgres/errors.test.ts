import pg from 'pg'
import { expect, it } from 'vitest'
import { isConnectionLost, isOfNode, isWorthRetrying, toError } from '../../src/postgres/connection/errors.js'
import { ConvoDbError } from '../../src/protocol/errors.js'

const ofServer = (code: string): Error => Object.assign(new pg.DatabaseError(code, 0, 'error'), { code })
const ofSystem = (code: string): Error => Object.assign(new Error(`write ${code}`), { code })

it.each([
  [ofSystem('EPIPE'), true, 'UNREACHABLE'],
  [ofSystem('ECONNRESET'), true, 'UNREACHABLE'],
  [new Error('Connection terminated unexpectedly'), true, 'UNREACHABLE'],
  [ofServer('57P01'), true, 'UNREACHABLE'],
  [ofServer('57P05'), true, 'UNREACHABLE'],
  [ofServer('25P03'), true, 'LEASE_EXPIRED'],
  [ofServer('25P04'), false, 'TIMEOUT'],
  [ofServer('08P01'), true, 'UNREACHABLE'],
  [ofServer('08006'), false, 'UNREACHABLE'],
  [Object.assign(ofServer('58030'), { file: 'multi_copy.c' }), false, 'UNREACHABLE'],
  [ofServer('58030'), false, 'IO_ERROR'],
  [ofServer('53300'), false, 'OVERLOADED'],
  [ofServer('42501'), false, 'READ_ONLY'],
  [ofServer('23505'), false, 'INTERNAL'],
  [new TypeError('a mistake of ours'), false, 'INTERNAL'],
  [new ConvoDbError('CONFLICT', 'ours'), false, 'CONFLICT'],
] as const)('%s: the connection is lost: %s; callers are told %s', (error, isLost, code) => {
  expect(isConnectionLost(error)).toBe(isLost)
  expect(toError(error).code).toBe(code)
})

it.each([
  [ofServer('08006'), true],
  [Object.assign(ofServer('58030'), { file: 'multi_copy.c' }), true],
  [ofServer('08P01'), false],
  [ofServer('57P01'), false],
  [ofSystem('ECONNRESET'), false],
] as const)('%s is of a node behind the server: %s', (error, isOfANode) => {
  expect(isOfNode(toError(error))).toBe(isOfANode)
})

it('a transaction whose node was lost in the middle is tried again, as one in others’ way is', () => {
  const essential = new pg.DatabaseError(
    'failure on connection marked as essential: worker-1:5432',
    0,
    'error',
  )
  expect(isWorthRetrying(Object.assign(essential, { code: 'XX000' }))).toBe(true)
  expect(isWorthRetrying(ofServer('40P01'))).toBe(true)
  expect(isWorthRetrying(ofServer('XX000'))).toBe(false)
})
