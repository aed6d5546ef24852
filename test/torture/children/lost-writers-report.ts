export interface LostWritersTask {
  readonly path: string
  readonly requests: number
}

export interface LostWritersReport {
  /** Of the errors that a request was made again after. */
  readonly codes: { readonly [code: string]: number }
  /** Keys and answers. */
  readonly wrong: readonly string[]
  /** How many were lost. */
  readonly writers: number
}
