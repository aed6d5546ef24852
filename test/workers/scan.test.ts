import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import wabt from 'wabt'
import { scan } from '../../src/workers/vectors/scan.js'
import { scanModule } from '../../src/workers/vectors/scan-module.js'

const source = new URL('../../src/workers/vectors/scan.wat', import.meta.url)

it('scan-module.ts is scan.wat, compiled', async () => {
  const { parseWat } = await wabt()
  const module = parseWat('scan.wat', readFileSync(source, 'utf8'), { simd: true })
  module.resolveNames()
  module.validate()
  expect(scanModule).toBe(Buffer.from(module.toBinary({}).buffer).toString('base64'))
})

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })

it('adds up what a plain loop does, of codes', () => {
  const samples = fc
    .record({ rows: fc.integer({ min: 0, max: 40 }), stride: fc.constantFrom(16, 32, 112) })
    .chain(({ rows, stride }) =>
      fc.record({
        codes: bytes(rows * stride),
        query: fc.int16Array({ minLength: stride, maxLength: stride, min: -4_000, max: 4_000 }),
        rows: fc.constant(rows),
      }),
    )
  fc.assert(
    fc.property(samples, ({ codes, query, rows }) => {
      const numbers = new Int8Array(codes.buffer)
      const expected = Array.from({ length: rows }, (_, row) =>
        query.reduce((sum, value, index) => sum + value * (numbers[row * query.length + index] ?? 0), 0),
      )
      expect([...scan().scoreCodes(codes, rows, query)]).toEqual(expected)
    }),
  )
})

it('adds up what a plain loop does, of bits', () => {
  const samples = fc
    .integer({ min: 0, max: 40 })
    .chain((rows) => fc.record({ bits: bytes(rows * 64), planes: bytes(256), rows: fc.constant(rows) }))
  const bitOf = (from: Uint8Array, at: number) => ((from[at >> 3] ?? 0) >> (at & 7)) & 1
  fc.assert(
    fc.property(samples, ({ bits, planes, rows }) => {
      const expected = Array.from({ length: rows }, (_, row) => {
        let sum = 0
        for (let bit = 0; bit < 512; bit += 1) {
          if (bitOf(bits, row * 512 + bit) === 0) continue
          for (let plane = 0; plane < 4; plane += 1) sum += bitOf(planes, plane * 512 + bit) << plane
        }
        return sum
      })
      expect([...scan().scoreBits(bits, rows, planes)]).toEqual(expected)
    }),
  )
})

it('adds up the greatest sums there can be', () => {
  const rows = 700
  expect(
    scan().scoreBits(new Uint8Array(rows * 64).fill(255), rows, new Uint8Array(256).fill(255))[699],
  ).toBe(512 * 15)
  const codes = new Uint8Array(new Int8Array(rows * 512).fill(-127).buffer)
  expect(scan().scoreCodes(codes, rows, new Int16Array(512).fill(32_767))[699]).toBe(-127 * 32_767 * 512)
})
