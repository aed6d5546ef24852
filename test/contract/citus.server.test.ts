import { openDatabase } from 'convodb'
import { afterAll, describe, it } from 'vitest'
import { citusUrl, createCitusSchema } from '../support/citus.js'
import { describeContract } from './contract.js'

const drops: (() => Promise<void>)[] = []

describe.runIf(citusUrl !== undefined)('on a real cluster', () => {
  afterAll(async () => {
    for (const drop of drops) await drop()
  })
  describeContract(
    'PostgreSQL divided by Citus',
    async () => {
      const { url, drop } = await createCitusSchema()
      drops.push(drop)
      return openDatabase(url, { readers: 2, keepHistory: true })
    },
    { sql: 'postgres' },
  )
})

it.skipIf(citusUrl !== undefined)('needs CONVODB_TEST_CITUS_URL, a coordinator’s', () => undefined)
