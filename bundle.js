import { readFile, writeFile } from 'node:fs/promises'
import { build } from 'rolldown'

/**
 * Makes few files of many (docs/decisions/0027-few-files.md): what was compiled to `build/src` becomes the programs in `dist`, and
 * chunks that they share. Types are compiled to `dist/types`.
 */
const programs = [
  'main/assert-node-version',
  'main/index',
  'server/index',
  'server/ingest-thread',
  'server/import-thread',
  'cli/index',
  'workers/reader',
  'workers/local-reader',
  'workers/writer',
  'workers/checkpointer',
  'workers/copier',
  'workers/verifier',
  'workers/python-reader',
  'workers/engine-facts',
]

await build({
  platform: 'node',
  input: Object.fromEntries(programs.map((name) => [name, `build/src/${name}.js`])),
  external: [
    'better-sqlite3',
    'cli-progress',
    'comlink',
    'commander',
    /^csv-stringify/,
    'fastify',
    'hyparquet-writer',
    /^@fastify\//,
    'pg',
    'picocolors',
    'pino',
    'piscina',
    'postal-mime',
    'prom-client',
    'yauzl',
    '@streamparser/json',
  ],
  output: {
    dir: 'dist',
    // In a folder as deep as the programs', so that paths from one to another hold.
    chunkFileNames: 'chunks/[name].js',
    sourcemap: true,
  },
})

// By itself, since whoever ships it to browsers ships all of what it shares. What it loads when it is wanted is beside it.
await build({
  platform: 'browser',
  input: 'build/src/main/client.js',
  output: {
    dir: 'dist/main',
    entryFileNames: 'client.js',
    chunkFileNames: 'client/[name].js',
    sourcemap: true,
  },
})

// The manual tells of the same commands and options as `--help`.
const { manPage } = await import('./build/src/cli/man/man-page.js')
const { version } = JSON.parse(await readFile('package.json', 'utf8'))
await writeFile('dist/convodb.1', await manPage(version))
