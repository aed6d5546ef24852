import { Validator } from '@seriousme/openapi-schema-validator'
import { describe, expect, it } from 'vitest'
import { openApiDocument } from '../../src/server/openapi/document.js'
import { resources } from '../../src/server/routes/resources.js'

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3')))

describe('openapi.json', () => {
  it('is OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(structuredClone(document))
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(document.openapi).toMatch(/^3\.1\./)
  })

  it('lists every door, with an id of its own', () => {
    const ids = resources.map(({ method, path }) => document.paths[path][method.toLowerCase()].operationId)
    expect(new Set(ids).size).toBe(resources.length)
  })

  it('has the door for uploads, whose lines are messages', () => {
    const { requestBody, responses } = document.paths['/v1/ingest'].post
    const line = requestBody.content['application/x-ndjson'].schema
    const { properties } = document.paths['/v1/messages'].post.requestBody.content['application/json'].schema
    expect(line.properties).toEqual(properties)
    expect(Object.keys(responses[200].content['application/x-ndjson'].schema.properties)).toEqual([
      'progress',
      'refused',
      'report',
      'error',
    ])
  })

  it('describes what goes in and what comes out', () => {
    expect(document.components.schemas.Message.properties.timestamp).toEqual({
      type: 'string',
      format: 'date-time',
    })
    const { parameters } = document.paths['/v1/channels/{channelId}/messages'].get
    expect(
      parameters.map(({ name, in: place, required }: { name: string; in: string; required: boolean }) => [
        name,
        place,
        required,
      ]),
    ).toEqual([
      ['channelId', 'path', true],
      ['messageType', 'query', false],
      ['replyToMessageId', 'query', false],
      ['before', 'query', false],
      ['after', 'query', false],
      ['limit', 'query', false],
      ['order', 'query', false],
      ['cursor', 'query', false],
      ['with', 'query', false],
    ])
    const body = document.paths['/v1/messages'].post.requestBody
    expect(body.required).toBe(true)
    expect(body.content['application/json'].schema.required).toEqual([
      'messageId',
      'channelId',
      'userId',
      'content',
      'timestamp',
    ])
  })

  it('tells which headers are heeded', () => {
    const headersOf = (method: string, path: string): string[] =>
      document.paths[path][method].parameters
        .filter((parameter: { in: string }) => parameter.in === 'header')
        .map(({ name }: { name: string }) => name)
    expect(headersOf('post', '/v1/messages')).toEqual(['Idempotency-Key'])
    expect(headersOf('delete', '/v1/messages/{messageId}')).toEqual(['Idempotency-Key'])
    expect(headersOf('get', '/v1/channels')).toEqual([])
    expect(headersOf('post', '/v1/messages:lookup')).toEqual([])
    expect(headersOf('get', '/v1/messages/{messageId}')).toEqual(['If-None-Match'])
    const { responses } = document.paths['/v1/messages/{messageId}'].get
    expect(Object.keys(responses)).toEqual(['200', '304', 'default'])
    expect(Object.keys(responses[200].headers)).toEqual(['ETag'])
  })

  it('refers to nothing that is not there', () => {
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
    for (const [, name] of references) expect(document.components.schemas).toHaveProperty([String(name)])
  })
})
