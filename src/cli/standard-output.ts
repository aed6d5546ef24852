// A reader that has seen enough (`| head`) closes the pipe: that is no failure. Anything else is, such as a full disk.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') return
  void fail(`standard output: ${error.message}`)
})

// What is said beside the result, of progress for instance, is no reason to stop when nobody can hear it: the exit code tells the end.
process.stderr.on('error', () => undefined)

async function fail(message: string): Promise<void> {
  const { printFailure } = await import('./failure.js')
  printFailure(new Error(message))
  process.exit(1)
}
