import pg from 'pg'

/** A coordinator of a real cluster that tests may use, where there is one. */
export const citusUrl = process.env['CONVODB_TEST_CITUS_URL']

let schemas = 0

/** A place of its own in the cluster's one database: a schema. */
export async function createCitusSchema(): Promise<{ readonly url: string; drop(): Promise<void> }> {
  if (citusUrl === undefined) throw new TypeError('CONVODB_TEST_CITUS_URL names no cluster')
  schemas += 1
  const name = `convodb_test_${process.pid}_${schemas}`
  // For all of them, and not in the first one.
  for (const extension of ['pg_trgm', 'btree_gin'])
    await ask(`CREATE EXTENSION IF NOT EXISTS ${extension} SCHEMA public`)
  await ask(`CREATE SCHEMA ${name}`)
  const url = new URL(citusUrl)
  url.searchParams.set('options', `-csearch_path=${name},public`)
  return { url: url.href, drop: () => ask(`DROP SCHEMA ${name} CASCADE`) }
}

async function ask(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: citusUrl })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
