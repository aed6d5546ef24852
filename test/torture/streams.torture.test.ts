import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startServeProcess } from '../support/serve-process.js'
import type { StreamsReport, StreamsTask } from './children/streams-task.js'
import { runChild } from './support/child.js'
import { reportFigures } from './support/figures.js'
import { scratchFolder } from './support/scratch.js'

it.each([
  { streams: 1_000, channels: 1_000, perSecond: 2_000 },
  { streams: 1_000, channels: 10_000, perSecond: 20_000 },
])(
  '$streams streams of events are told of $perSecond messages/s in $channels channels, each once',
  async ({ streams, channels, perSecond }) => {
    const server = await startServeProcess([
      '--db',
      join(scratchFolder(), 'chat.db'),
      '--port',
      '0',
      '--max-streams',
      String(streams),
    ])
    const task: StreamsTask = {
      url: server.url,
      apiKey: server.apiKey ?? '',
      perSecond,
      seconds: 10,
      channels,
      streams,
    }
    const { exitCode, stdout, stderr } = await runChild('run-streams', task)
    expect(stderr).toBe('')
    expect(exitCode).toBe(0)
    const { storedPerSecond, followed, told, fromSendingMs }: StreamsReport = JSON.parse(stdout)
    reportFigures('streams', {
      streams,
      channels,
      'stored/s': storedPerSecond,
      'ms from sending a line, p50': fromSendingMs.p50,
      p99: fromSendingMs.p99,
    })
    expect(told).toBe(followed)
    await server.stop()
  },
)
