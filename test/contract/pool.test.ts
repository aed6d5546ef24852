import { openDatabase } from 'convodb'
import { describeContract } from './contract.js'

describeContract('pool', () => openDatabase(':memory:', { readers: 2, keepHistory: true }))
