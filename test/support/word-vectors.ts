import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gunzipSync } from 'node:zlib'

const folder = resolve('..', 'shared', 'data')
const inFolder = (name: string): string => join(folder, 'word-vectors', name)
const messagesFile = join(folder, 'irc', 'messages.ndjson.gz')

/** Why these tests can not run here; undefined when they can. */
export const missingVectors =
  existsSync(inFolder('vectors.f32')) && existsSync(messagesFile)
    ? undefined
    : 'the word vectors and the IRC data are not in ../shared/data: this test is skipped'

const dimension = 100
const words = /[a-z0-9][a-z0-9_.+-]*[a-z0-9]|[a-z0-9]/g
const allWords = 2_013_556

interface Word {
  readonly vector: Float32Array
  readonly weight: number
}

/** Each word's vector, in the order of how often it is said. */
export function readWords(): Map<string, Word> {
  const numbers = readFloats(inFolder('vectors.f32'))
  const vocabulary: [word: string, count: number][] = JSON.parse(readFileSync(inFolder('vocab.json'), 'utf8'))
  return new Map(
    vocabulary.map(([word, count], index) => [
      word,
      {
        vector: numbers.slice(index * dimension, (index + 1) * dimension),
        weight: 1e-3 / (1e-3 + count / allWords),
      },
    ]),
  )
}

/** Chat messages as vectors: the weighted sum of their words', less what all have in common. None is of zeros. */
export function readChatVectors(vocabulary: ReadonlyMap<string, Word>): Float32Array[] {
  const common = readFloats(inFolder('pc.f32'))
  const lines = gunzipSync(readFileSync(messagesFile)).toString('utf8').trim().split('\n')
  return lines
    .map((line): { content: string } => JSON.parse(line))
    .map(({ content }) => chatVector(content, vocabulary, common))
    .filter((vector) => vector.some((number) => number !== 0))
}

function chatVector(
  content: string,
  vocabulary: ReadonlyMap<string, Word>,
  common: Float32Array,
): Float32Array {
  const sum = new Float64Array(dimension)
  const text = content.toLowerCase().replaceAll(/https?:\/\/\S+/g, 'url')
  for (const [word] of text.matchAll(words)) {
    const known = vocabulary.get(word)
    known?.vector.forEach((number, index) => (sum[index] = (sum[index] ?? 0) + known.weight * number))
  }
  const share = sum.reduce((total, number, index) => total + number * (common[index] ?? 0), 0)
  return Float32Array.from(sum, (number, index) => number - share * (common[index] ?? 0))
}

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path)
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}
