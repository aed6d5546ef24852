/** What we call what a format calls otherwise. A map: a file may say `constructor`, which every object has. */
export const words = (table: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(table))
