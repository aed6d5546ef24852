import pg from 'pg'

/** Every statement of ours that is sent from now on, as it is sent; those that tests send have no names. */
export function recordStatements(): ReadonlySet<string> {
  const statements = new Set<string>()
  const { query } = pg.Client.prototype
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]): unknown {
    const name: unknown = Reflect.get(Object(args[0]), 'name')
    const text: unknown = Reflect.get(Object(args[0]), 'text')
    if (typeof name === 'string' && name.startsWith('convodb_') && typeof text === 'string')
      statements.add(text)
    return Reflect.apply(query, this, args)
  })
  return statements
}
