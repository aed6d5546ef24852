import pg from 'pg'

/** Every statement of ours that is sent from now on, as it is sent, with the values of the first time; those that tests send have no names, and do not say why. */
export function recordStatements(): ReadonlyMap<string, readonly unknown[]> {
  const statements = new Map<string, readonly unknown[]>()
  const { query } = pg.Client.prototype
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]): unknown {
    const field = (name: string): unknown => Reflect.get(Object(args[0]), name)
    const [name, text, values] = [field('name'), field('text'), field('values')]
    const isOurs =
      (typeof name === 'string' && name.startsWith('convodb_')) || field('isPlannedAnew') === true
    if (isOurs && typeof text === 'string')
      if (!statements.has(text)) statements.set(text, Array.isArray(values) ? values : [])
    return Reflect.apply(query, this, args)
  })
  return statements
}
