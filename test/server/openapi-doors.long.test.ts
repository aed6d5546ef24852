import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { FastifyInstance, RouteOptions } from 'fastify'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openApiDocument } from '../../src/server/openapi/document.js'
import { startTestServer, type TestServer } from '../support/server.js'

const document = JSON.parse(JSON.stringify(openApiDocument('1.2.3')))
const routes: RouteOptions[] = []
let server: TestServer
beforeAll(async () => {
  const walk = (made: unknown): void => {
    const { fastify }: { readonly fastify: FastifyInstance } = Object(made)
    fastify.addHook('onRoute', (route) => void routes.push(route))
  }
  subscribe('fastify.initialization', walk)
  server = await startTestServer()
  unsubscribe('fastify.initialization', walk)
})
afterAll(() => server.close())

it('openapi.json lists every door but those of leases, and its own pages', () => {
  const paths = routes
    .filter(({ method }) => method !== 'HEAD')
    .map(({ url }) => url.replaceAll(/(?<!:):(\w+)/g, '{$1}').replaceAll('::', ':'))
    .filter((url) => !/^\/(docs|login|openapi\.json|v1\/leases)/.test(url))
  expect(new Set(paths)).toEqual(new Set(Object.keys(document.paths)))
})

it.each([
  ['POST', '/v1/operations'],
  ['POST', '/v1/verify'],
  ['GET', '/v1/stats'],
  ['GET', '/v1/backup'],
  ['GET', '/metrics'],
  ['GET', '/healthz'],
  ['GET', '/readyz'],
])('%s %s answers with the type that it says', async (method, path) => {
  const headers = { 'content-type': 'application/json' }
  const response = await server.fetch(path, {
    method,
    ...(method === 'POST' && { body: path === '/v1/operations' ? '{"operations":[]}' : '{}', headers }),
  })
  await response.arrayBuffer()
  expect(response.status).toBe(200)
  const [type] = (response.headers.get('content-type') ?? '').split(';')
  expect(Object.keys(document.paths[path][method.toLowerCase()].responses[200].content)).toEqual([type])
})
