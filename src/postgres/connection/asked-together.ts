interface Asked<Row> {
  readonly ids: Set<string>
  readonly rows: Promise<ReadonlyMap<string, Row>>
}

/** What operations that read one snapshot ask for by an id each: those of one turn go as one statement. */
export class AskedTogether<Row> {
  #asked: Asked<Row> | undefined

  /** @param ask gets all the ids, once */
  async one(
    id: string,
    ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>,
  ): Promise<Row | undefined> {
    const asked = (this.#asked ??= this.#begin(ask))
    asked.ids.add(id)
    return (await asked.rows).get(id)
  }

  #begin(ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Row>>): Asked<Row> {
    const ids = new Set<string>()
    const rows = Promise.resolve().then(() => {
      this.#asked = undefined
      return ask([...ids])
    })
    return { ids, rows }
  }
}
