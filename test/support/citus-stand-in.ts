import pg from 'pg'

/**
 * What Citus has that we call, and what it refuses of a table that is divided, on a server of one's own: everything stays in one place. It
 * shows that our calls are well-formed and in an order that Citus takes; what Citus makes of statements only Citus can show, and the rules of
 * cluster-rules.
 */
const standIn = `
SET allow_system_table_mods = on;
INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
VALUES (99999, 'citus', 10, 'pg_catalog'::regnamespace, false, 'stand-in');
CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod "char" NOT NULL, colocated_with text);
CREATE TABLE pg_catalog.pg_dist_shard (logicalrelid regclass NOT NULL, shardid bigint PRIMARY KEY);
CREATE TABLE pg_catalog.pg_dist_placement (shardid bigint NOT NULL, groupid integer NOT NULL);
CREATE SEQUENCE pg_catalog.stand_in_shards;

CREATE FUNCTION pg_catalog.create_distributed_table(
  table_name regclass, distribution_column text, distribution_type text DEFAULT 'hash', colocate_with text DEFAULT 'default',
  shard_count integer DEFAULT NULL
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  shards integer := coalesce(shard_count, 32);
BEGIN
  IF current_setting('citus.multi_shard_modify_mode', true) IS DISTINCT FROM 'sequential' THEN
    RAISE EXCEPTION 'cannot run in this transaction in parallel';
  END IF;
  IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
    RAISE EXCEPTION 'table "%" is already distributed', table_name;
  END IF;
  IF EXISTS (
    SELECT 1 FROM pg_index WHERE indrelid = table_name AND indisunique AND NOT EXISTS (
      SELECT 1 FROM pg_attribute WHERE attrelid = table_name AND attname = distribution_column AND attnum = ANY (indkey)
    )
  ) THEN
    RAISE EXCEPTION 'cannot create constraint on "%"', table_name USING DETAIL = 'it lacks the distribution column';
  END IF;
  IF EXISTS (
    SELECT 1 FROM pg_constraint WHERE contype = 'f' AND table_name IN (conrelid, confrelid) AND NOT (
      EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = conrelid)
      AND EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = confrelid)
    )
  ) THEN
    RAISE EXCEPTION 'relation "%" is part of a foreign key with a table that is not distributed', table_name;
  END IF;
  IF colocate_with NOT IN ('none', 'default') AND NOT EXISTS (
    SELECT 1 FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass AND partmethod = 'h'
  ) THEN
    RAISE EXCEPTION 'relation % is not distributed', colocate_with;
  END IF;
  INSERT INTO pg_dist_partition VALUES (table_name, 'h', colocate_with);
  IF colocate_with = 'none' THEN PERFORM set_config('stand_in.shards', shards::text, true); END IF;
  WITH made AS (
    INSERT INTO pg_dist_shard
    SELECT table_name, nextval('pg_catalog.stand_in_shards') FROM generate_series(1, current_setting('stand_in.shards')::integer)
    RETURNING shardid
  )
  INSERT INTO pg_dist_placement SELECT shardid, 1 + shardid % 2 FROM made;
END $$;

CREATE FUNCTION pg_catalog.citus_add_local_table_to_metadata(table_name regclass, cascade_via_foreign_keys boolean DEFAULT false)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = table_name) THEN
    RAISE EXCEPTION 'table "%" is already a citus table', table_name;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_constraint WHERE contype = 'f' AND confrelid = table_name) THEN
    RAISE EXCEPTION 'table "%" could not be written behind a statement to several nodes', table_name;
  END IF;
  INSERT INTO pg_dist_partition
  SELECT table_name, 'n', NULL
  UNION SELECT conrelid, 'n', NULL FROM pg_constraint WHERE contype = 'f' AND confrelid = table_name
  UNION SELECT confrelid, 'n', NULL FROM pg_constraint WHERE contype = 'f' AND conrelid = table_name
  ON CONFLICT DO NOTHING;
END $$;

CREATE FUNCTION pg_catalog.truncate_local_data_after_distributing_table(table_name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE logicalrelid = table_name AND partmethod = 'h') THEN
    RAISE EXCEPTION 'relation "%" is not distributed', table_name;
  END IF;
END $$;

CREATE FUNCTION pg_catalog.citus_total_relation_size(relation_name regclass, fail_on_error boolean DEFAULT true)
RETURNS bigint LANGUAGE sql AS $$ SELECT pg_total_relation_size(relation_name) $$;

CREATE FUNCTION pg_catalog.get_shard_id_for_distribution_column(table_name regclass, distribution_value text)
RETURNS bigint LANGUAGE sql AS $$
  SELECT shardid FROM pg_dist_shard WHERE logicalrelid = table_name
  ORDER BY shardid OFFSET abs(hashtext(distribution_value)) % (SELECT count(*) FROM pg_dist_shard WHERE logicalrelid = table_name) LIMIT 1
$$;
`

/** Has a database of a server of one's own take what is said to Citus. */
export async function standInForCitus(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(standIn)
  } finally {
    await client.end()
  }
}
