import { join } from 'node:path'
import { it } from 'vitest'
import { expectOneWinner } from '../support/owners.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

const processes = 20
const rounds = 3

it('of twenty simultaneous starts on one file one wins, and all others name it', async () => {
  // The last rounds find what killed owners left.
  const path = join(scratchFolder(), 'chat.db')
  for (let round = 0; round < rounds; round += 1) await expectOneWinner(path, processes)
  reportFigures('simultaneous starts', { rounds, processes, winners: 1, 'named it': processes - 1 })
})
