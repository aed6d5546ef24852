/** Where the thread's compiled program is: the one place that knows. */
export const ingestThreadUrl = (): URL => new URL('../server/ingest-thread.js', import.meta.url)
