import { connectPort, openDatabase, type DatabaseManager } from 'convodb'
import { afterAll, beforeAll } from 'vitest'
import { describeContract } from './contract.js'

let owner: DatabaseManager
beforeAll(async () => {
  owner = await openDatabase(':memory:', { keepHistory: true })
})
afterAll(() => owner.close())

describeContract('port', () => connectPort(owner.createPort()))
