import type { TestPglite } from './pglite.js'

/** Whether all directions and indexes are there that there can be. */
export async function areDirectionsWhole(pglite: TestPglite): Promise<boolean> {
  const [row] = await pglite.query(`
    SELECT (SELECT count(*) FROM pg_index WHERE indexrelid::regclass::text LIKE '%without_direction' AND indisvalid)::int AS indexes,
      (SELECT col_description('message_embeddings'::regclass, attnum) FROM pg_attribute
        WHERE attrelid = 'message_embeddings'::regclass AND attname = 'direction') AS comment`)
  const { indexes, comment } = Object(row)
  return indexes === 2 && comment === null
}
