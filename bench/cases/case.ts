import type { PeerName } from '../peers/index.js'

export interface Size {
  readonly rows: number
  readonly pages: number
  readonly rounds: number
}

/** A comparison: what is measured, its sides, and which of them the others are measured against. */
export interface BenchCase {
  readonly name: string
  readonly about: string
  /** Of a rate: `messages/s`. */
  readonly unit: string
  readonly sides: readonly { readonly peer: PeerName; readonly label: string }[]
  readonly baselines: readonly PeerName[]
  readonly size: Size
  /** Enough to see that it works, too little to mean anything. */
  readonly quickSize: Size
}
