/** What every command exits with. */
export const exitCodes: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'all is done; or the reader of the output has closed it'],
  [1, 'it failed, or found what is wrong; you said no; stderr says which'],
  [2, 'wrong usage: an option or argument is missing, unknown or makes no sense'],
  [130, 'interrupted by Ctrl-C (SIGINT)'],
  [143, 'told to end (SIGTERM)'],
]
