export type AxisKind = 'linear' | 'log'

export interface Axis {
  readonly ticks: readonly number[]
  /** Where a value stands, in pixels. */
  toPixels(value: number): number
}

export interface PixelRange {
  readonly from: number
  readonly to: number
}

const wantedTicks = 5

/** An axis that holds all values: a linear one from zero on, a logarithmic one from power of ten to power of ten. */
export const createAxis = (kind: AxisKind, values: readonly number[], range: PixelRange): Axis =>
  kind === 'linear' ? linearAxis(values, range) : logAxis(values, range)

function linearAxis(values: readonly number[], { from, to }: PixelRange): Axis {
  const highest = Math.max(...values.filter(Number.isFinite), 0)
  const step = niceStep(highest === 0 ? 1 : highest)
  const steps = Math.max(1, Math.ceil(highest / step - 1e-9))
  return {
    ticks: Array.from({ length: steps + 1 }, (_, index) => index * step),
    toPixels: (value) => from + (value / (steps * step)) * (to - from),
  }
}

/** 1, 2 or 5 times a power of ten, so that about five of them make the whole. */
function niceStep(whole: number): number {
  const rough = whole / wantedTicks
  const power = 10 ** Math.floor(Math.log10(rough))
  const nice = [1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10
  return nice * power
}

function logAxis(values: readonly number[], { from, to }: PixelRange): Axis {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0)
  const lowest = Math.floor(Math.log10(Math.min(...positive, Number.MAX_VALUE)))
  const highest = Math.ceil(Math.log10(Math.max(...positive, Number.MIN_VALUE)))
  const [low, high] = positive.length === 0 ? [0, 1] : [lowest, Math.max(highest, lowest + 1)]
  const share = (value: number): number => (Math.log10(Math.max(value, 10 ** low)) - low) / (high - low)
  return {
    ticks: Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index)),
    toPixels: (value) => from + share(value) * (to - from),
  }
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 })

export const formatTick = (value: number): string => compact.format(value)
