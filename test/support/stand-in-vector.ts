import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * An extension of pgvector's name for a real server, which has as many sessions as one likes: its type keeps the text, and ranks it slowly.
 * What pgvector itself does is tested on PGlite.
 */
const control = `comment = 'a stand-in for pgvector'
default_version = '1'
relocatable = true
`
const script = `
CREATE TYPE vector;
CREATE FUNCTION vector_in(cstring) RETURNS vector LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textin';
CREATE FUNCTION vector_out(vector) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT PARALLEL SAFE AS 'textout';
CREATE TYPE vector (INPUT = vector_in, OUTPUT = vector_out, STORAGE = external);
CREATE FUNCTION vector_to_float4(vector) RETURNS real[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN translate(vector_out($1)::text, '[]', '{}')::real[];
CREATE CAST (vector AS real[]) WITH FUNCTION vector_to_float4(vector) AS ASSIGNMENT;
CREATE FUNCTION vector_negative_inner_product(vector, vector) RETURNS double precision LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  RETURN (SELECT -sum(one * other) FROM unnest($1::real[], $2::real[]) AS numbers (one, other));
CREATE OPERATOR <#> (LEFTARG = vector, RIGHTARG = vector, FUNCTION = vector_negative_inner_product, COMMUTATOR = <#>);
`

export interface StandInVector {
  /** For a server that is to have it. */
  readonly settings: readonly string[]
  remove(): Promise<void>
}

/** Writes it to a folder, where a PostgreSQL 18 finds it. */
export async function writeStandInVector(): Promise<StandInVector> {
  const folder = await mkdtemp(join(tmpdir(), 'convodb-vector-'))
  const extensions = join(folder, 'extension')
  await mkdir(extensions)
  // The server runs as another user where the tests run as root.
  for (const each of [folder, extensions]) await chmod(each, 0o755)
  await writeFile(join(extensions, 'vector.control'), control)
  await writeFile(join(extensions, 'vector--1.sql'), script)
  return {
    settings: [`extension_control_path=${folder}:$system`],
    remove: () => rm(folder, { recursive: true }),
  }
}
