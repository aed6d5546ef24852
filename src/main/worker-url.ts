/** Where the compiled workers are: the one place that knows. Node 20 can not start a worker from TypeScript. */
export const readerUrl = new URL('../workers/reader.js', import.meta.url)
export const localReaderUrl = new URL('../workers/local-reader.js', import.meta.url)
export const writerUrl = new URL('../workers/writer.js', import.meta.url)
export const copierUrl = new URL('../workers/copier.js', import.meta.url)
export const verifierUrl = new URL('../workers/verifier.js', import.meta.url)
