import { notStarted } from './not-started.js'

/**
 * Where a worker's compiled program is: the one place that knows.
 *
 * @throws WORKER_NOT_STARTED in a bundle that has lost the way to its own files
 */
export function workerUrl(
  name:
    | 'reader'
    | 'local-reader'
    | 'writer'
    | 'checkpointer'
    | 'copier'
    | 'verifier'
    | 'python-reader'
    | 'engine-facts',
): URL {
  // A bundler that makes CommonJS of this leaves nothing here.
  const here: string | undefined = import.meta.url
  if (here === undefined)
    throw notStarted(name, 'the program is a bundle that does not know where its files are')
  return new URL(`../workers/${name}.js`, here)
}
