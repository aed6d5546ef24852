/**
 * The form in which names are compared: compatibility forms unified (NFKC, Unicode TR15), case removed by full case folding
 * and a little more, so that `ß` is `ss`, `ς` is `σ`, and `İ`, `I` and `ı` are `i`.
 *
 * Upper case shows what lower case alone keeps apart, and `ẞ` has to be lower for that. Marks are apart meanwhile, since
 * one of them has an upper case of its own; an `i` has no other dot than its own.
 * test/protocol/fold-name.test.ts compares all this with what is known of Unicode.
 */
export function foldName(name: string): string {
  return name
    .normalize('NFKD')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .normalize('NFD')
    .replaceAll(/i\p{M}+/gu, (letter) => letter.replaceAll('\u0307', ''))
    .normalize('NFKC')
}
