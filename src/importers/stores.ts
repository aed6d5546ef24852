/** A model on its way into the database, and where it came from. */
export interface Entry<Model> {
  readonly file: string
  readonly line: number
  readonly bytes: number
  readonly model: Model
}

/** Puts models into the database. */
export interface Store<Model> {
  /** Takes a model; it may wait for others or for its turn. @throws what ended an earlier call for good */
  add(entry: Entry<Model>): Promise<void>
  /** Resolves when all that was taken is in or refused. @throws as `add` */
  finish(): Promise<void>
}
