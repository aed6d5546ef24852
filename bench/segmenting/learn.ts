import type { Weights } from '../../src/main/segmenting/conversations/conversations.js'
import { featureCounts, type Example } from './examples.js'

const { links, starts } = featureCounts
const count = starts + links

const rounds = 250
const rate = 0.1
/** On the squares of the weights, of features of the same spread: few examples of something are no proof. */
const penalty = 3e-4

/**
 * The weights by which the true conversation, or the start of one, gets the greatest likelihood: a softmax over the start and all recent
 * messages, those of one conversation added up. Found by Adam (Kingma and Ba 2015) over all examples at once.
 */
export function learn(examples: readonly Example[]): Weights {
  const scale = scalesOf(examples)
  const weights = new Float64Array(count)
  const mean = new Float64Array(count)
  const square = new Float64Array(count)
  for (let round = 1; round <= rounds; round += 1) {
    const gradient = gradientOf(
      examples,
      weights.map((weight, index) => weight * (scale[index] ?? 1)),
    )
    const step = rate * (round > rounds / 2 ? 0.2 : 1)
    for (let index = 0; index < count; index += 1) {
      const slope = (gradient[index] ?? 0) * (scale[index] ?? 1) + 2 * penalty * (weights[index] ?? 0)
      mean[index] = 0.9 * (mean[index] ?? 0) + 0.1 * slope
      square[index] = 0.99 * (square[index] ?? 0) + 0.01 * slope ** 2
      const size = Math.sqrt((square[index] ?? 0) / (1 - 0.99 ** round)) + 1e-8
      weights[index] = (weights[index] ?? 0) - (step * (mean[index] ?? 0)) / (1 - 0.9 ** round) / size
    }
  }
  const scaled = [...weights].map((weight, index) => weight * (scale[index] ?? 1))
  return { start: scaled.slice(0, starts), link: scaled.slice(starts) }
}

/** One over the spread of each feature. */
function scalesOf(examples: readonly Example[]): number[] {
  const rows = [
    ...spreads(
      examples.map(({ start }) => start),
      starts,
    ),
    ...spreads(
      examples.map((example) => example.links),
      links,
    ),
  ]
  return rows.map((spread) => (spread > 0 ? 1 / spread : 1))
}

function spreads(lists: readonly Float32Array[], width: number): number[] {
  const sums = new Float64Array(width)
  const squares = new Float64Array(width)
  let rows = 0
  for (const list of lists) {
    rows += list.length / width
    for (let index = 0; index < list.length; index += 1) {
      const value = list[index] ?? 0
      const column = index % width
      sums[column] = (sums[column] ?? 0) + value
      squares[column] = (squares[column] ?? 0) + value ** 2
    }
  }
  return [...sums].map((sum, column) =>
    Math.sqrt(Math.max(0, (squares[column] ?? 0) / rows - (sum / rows) ** 2)),
  )
}

/** Of the mean negative log likelihood. */
function gradientOf(examples: readonly Example[], weights: Float64Array): Float64Array {
  const gradient = new Float64Array(count)
  for (const { start, links: rows, isSame } of examples) {
    const likelihoods = new Float64Array(isSame.length)
    const startLikelihood = Math.exp(dot(start, 0, starts, weights, 0))
    let all = startLikelihood
    let same = 0
    for (let index = 0; index < isSame.length; index += 1) {
      const likelihood = Math.exp(dot(rows, index * links, links, weights, starts))
      likelihoods[index] = likelihood
      all += likelihood
      if (isSame[index] === 1) same += likelihood
    }
    const isStart = !isSame.includes(1)
    const truth = isStart ? startLikelihood : same
    add(gradient, 0, start, 0, starts, startLikelihood / all - (isStart ? 1 : 0))
    for (let index = 0; index < isSame.length; index += 1) {
      const likelihood = likelihoods[index] ?? 0
      const wanted = isStart || isSame[index] !== 1 ? 0 : likelihood / truth
      add(gradient, starts, rows, index * links, links, likelihood / all - wanted)
    }
  }
  return gradient.map((slope) => slope / examples.length)
}

function dot(row: Float32Array, from: number, width: number, weights: Float64Array, first: number): number {
  let sum = 0
  for (let index = 0; index < width; index += 1) {
    sum += (row[from + index] ?? 0) * (weights[first + index] ?? 0)
  }
  return sum
}

function add(
  gradient: Float64Array,
  first: number,
  row: Float32Array,
  from: number,
  width: number,
  factor: number,
): void {
  for (let index = 0; index < width; index += 1) {
    gradient[first + index] = (gradient[first + index] ?? 0) + factor * (row[from + index] ?? 0)
  }
}
