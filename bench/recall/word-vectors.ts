import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Word vectors learnt from chat, which are too large for the repository; beside the checkout. */
const folder = resolve('..', 'shared', 'data', 'word-vectors')

export const hasWordVectors = (): boolean => existsSync(join(folder, 'vectors.f32'))

const dimension = 100
/** Words of the chat that they were learnt from. */
const total = 2_013_556
const word = /[a-z0-9][a-z0-9_.+-]*[a-z0-9]|[a-z0-9]/g

const readNumbers = (name: string): Float32Array => {
  const bytes = readFileSync(join(folder, name))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
}

/** Each word's vector, in the order of how often it is said. */
export function readWordVectors(): Float32Array[] {
  const numbers = readNumbers('vectors.f32')
  return Array.from({ length: numbers.length / dimension }, (_, row) =>
    numbers.slice(row * dimension, (row + 1) * dimension),
  )
}

/**
 * Embeds texts as the folder's README says: rare words weigh more, and what all texts have in common is taken away
 * (Arora, Liang and Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings, 2017).
 */
export function createEmbedder(): (text: string) => Float32Array {
  const vectors = readNumbers('vectors.f32')
  const common = readNumbers('pc.f32')
  const vocabulary: readonly (readonly [word: string, count: number])[] = JSON.parse(
    readFileSync(join(folder, 'vocab.json'), 'utf8'),
  )
  const rows = new Map(
    vocabulary.map(([text, count], row) => [text, { row, weight: 1e-3 / (1e-3 + count / total) }]),
  )
  return (text) => {
    const sum = new Float64Array(dimension)
    for (const [found] of text
      .toLowerCase()
      .replaceAll(/https?:\S+/g, 'url')
      .matchAll(word)) {
      const known = rows.get(found)
      if (known === undefined) continue
      for (let at = 0; at < dimension; at += 1)
        sum[at] = (sum[at] ?? 0) + known.weight * (vectors[known.row * dimension + at] ?? 0)
    }
    const shared = sum.reduce((dot, value, at) => dot + value * (common[at] ?? 0), 0)
    const own = sum.map((value, at) => value - shared * (common[at] ?? 0))
    const length = Math.hypot(...own)
    return Float32Array.from(own, (value) => (length === 0 ? 0 : value / length))
  }
}
