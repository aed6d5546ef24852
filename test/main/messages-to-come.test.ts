import { ConvoDbError } from '../../src/protocol/errors.js'
import { expect, it } from 'vitest'
import { MessagesToCome } from '../../src/main/segmenting/messages-to-come.js'
import { expectError } from '../support/databases.js'

/** Subscriptions that tell what they are told to, one after the other. */
function followed(...scripts: readonly (() => AsyncGenerator<{ readonly kind: string }>)[]) {
  const asked: unknown[] = []
  return {
    asked,
    subscribe: (options: unknown) => {
      asked.push(options)
      const changes = scripts[asked.length - 1]?.() ?? silence()
      return { [Symbol.asyncIterator]: () => changes, return: () => Promise.resolve() }
    },
  }
}

async function* silence(): AsyncGenerator<{ readonly kind: string }> {
  yield await new Promise(() => {})
}
async function* telling(...kinds: readonly string[]) {
  for (const kind of kinds) yield { kind }
  yield* silence()
}
async function* failing(code: 'OVERLOADED' | 'CLOSED') {
  yield { kind: 'channelUpdated' }
  throw new ConvoDbError(code, 'made up')
}
const soon = (): number => performance.now() + 20

it('wakes for messages, not for what a run itself has done', async () => {
  const quiet = new MessagesToCome(
    followed(() => telling('segmentUpdated', 'messageDeleted')),
    'c',
  )
  const deadlineMs = soon()
  await quiet.wait(undefined, deadlineMs)
  expect(performance.now()).toBeGreaterThanOrEqual(deadlineMs)
  for (const kind of ['messageStored', 'messageUpdated']) {
    await new MessagesToCome(
      followed(() => telling('segmentUpdated', kind)),
      'c',
    ).wait(undefined, Infinity)
  }
})

it('that has come to lag behind subscribes anew, and has something to look at', async () => {
  const database = followed(() => failing('OVERLOADED'))
  const toCome = new MessagesToCome(database, 'c')
  await toCome.wait(undefined, Infinity)
  expect(database.asked).toEqual([{ channelId: 'c' }, { channelId: 'c' }])
  await toCome.wait(undefined, soon())
  toCome.close()
})

it('tells what ended the subscription, each time it is asked', async () => {
  const toCome = new MessagesToCome(
    followed(() => failing('CLOSED')),
    'c',
  )
  await expectError(toCome.wait(undefined, Infinity), 'CLOSED')
  await expectError(toCome.wait(undefined, Infinity), 'CLOSED')
})

it('waits no longer when the signal is aborted', async () => {
  const controller = new AbortController()
  const waiting = new MessagesToCome(followed(silence), 'c').wait(controller.signal, Infinity)
  controller.abort()
  await waiting
})
