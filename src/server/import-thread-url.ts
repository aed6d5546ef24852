/** Where the thread's compiled program is: the one place that knows. */
export const importThreadUrl = (): URL => new URL('../server/import-thread.js', import.meta.url)
