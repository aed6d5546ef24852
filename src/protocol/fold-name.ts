/** The form in which names are compared: compatibility forms unified (NFKC, Unicode TR15), case removed. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase()
}
