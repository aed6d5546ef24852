import pg from 'pg'
import { expect, it } from 'vitest'
import { isConnectionLost, toError } from '../../src/postgres/connection/errors.js'
import { ConvoDbError } from '../../src/protocol/errors.js'

const ofServer = (code: string): Error => Object.assign(new pg.DatabaseError(code, 0, 'error'), { code })
const ofSystem = (code: string): Error => Object.assign(new Error(`write ${code}`), { code })

it.each([
  [ofSystem('EPIPE'), true, 'UNREACHABLE'],
  [ofSystem('ECONNRESET'), true, 'UNREACHABLE'],
  [new Error('Connection terminated unexpectedly'), true, 'UNREACHABLE'],
  [ofServer('57P01'), true, 'UNREACHABLE'],
  [ofServer('53300'), false, 'OVERLOADED'],
  [ofServer('23505'), false, 'INTERNAL'],
  [new TypeError('a mistake of ours'), false, 'INTERNAL'],
  [new ConvoDbError('CONFLICT', 'ours'), false, 'CONFLICT'],
] as const)('%s: the connection is lost: %s; callers are told %s', (error, isLost, code) => {
  expect(isConnectionLost(error)).toBe(isLost)
  expect(toError(error).code).toBe(code)
})
