import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = resolve('..', 'shared', 'data', 'irc')

/** Where the real chat lies, which is too large for the repository. */
export const irc = {
  channels: join(folder, 'channels.ndjson'),
  messages: join(folder, 'messages.ndjson.gz'),
  segments: join(folder, 'segments.ndjson.gz'),
}

/** Why these tests can not run here; undefined when they can. */
export const missingIrc = existsSync(irc.messages)
  ? undefined
  : `the IRC data is not in ../shared/data/irc: this test is skipped`

export interface IrcMessage {
  readonly message_id: string
  readonly channel_id: string
}

export interface IrcSegment {
  readonly segment_id: string
  readonly message_ids: readonly string[]
}

/** The rows of one of the files, as they stand in it. */
export async function readIrc<Row>(path: string): Promise<Row[]> {
  const lines = gunzipSync(await readFile(path))
    .toString('utf8')
    .trim()
    .split('\n')
  return lines.map((line): Row => JSON.parse(line))
}
