import { operations, resultFromJson, toJsonForm } from 'convodb'
import { describe, expect, it } from 'vitest'
import type { Schema } from '../../src/protocol/schema.js'
import { decodeResult } from '../../src/main/executors/http/decode-result.js'

/** A value in JSON form for whatever a schema describes, with something in every field. */
function sampleOf(schema: Schema): unknown {
  const kind: unknown = Reflect.get(schema, 'kind')
  if (kind === 'time') return '2026-11-26T12:34:56.789Z'
  if (kind === 'vector') return toJsonForm(new Float32Array([1.5, -2]))
  if (kind === 'json') return { timestamp: 'of the caller', vector: [1], nested: { createdAt: 1 } }
  if (Reflect.get(schema, 'type') === 'undefined') return null
  const word: unknown = Reflect.get(schema, 'const')
  if (word !== undefined) return word
  const items: unknown = Reflect.get(schema, 'items')
  const properties: unknown = Reflect.get(schema, 'properties')
  const anyOf: unknown = Reflect.get(schema, 'anyOf')
  if (isSchema(items)) return [sampleOf(items), sampleOf(items)]
  if (Array.isArray(anyOf)) return sampleOf(anyOf[0])
  if (isSchema(properties)) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, property]: [string, Schema]) => [name, sampleOf(property)]),
    )
  }
  return 'text'
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null

describe('the client reads results by the names of their fields', () => {
  it.each(
    Object.values(operations).map((operation, index) => [Object.keys(operations)[index], operation] as const),
  )('%s comes out as by its schema', (name, { result }) => {
    const json = sampleOf(result.schema)
    expect(decodeResult(json)).toEqual(byName(name, json))
  })

  it('gives undefined where there is nothing', () => {
    expect(decodeResult(null)).toBeUndefined()
    expect(decodeResult({ name: null, createdAt: null })).toEqual({ name: null, createdAt: null })
  })
})

function byName(name: string | undefined, json: unknown): unknown {
  const known = Object.keys(operations).find((one): one is keyof typeof operations => one === name)
  return known === undefined ? undefined : resultFromJson(known, json)
}
