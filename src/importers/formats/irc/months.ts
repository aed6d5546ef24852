/** irssi writes names of months as the machine did that it ran on. */
const languages = ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt', 'sv', 'da', 'nb', 'fi', 'pl', 'cs', 'ru']

const months = new Map<string, number>()
for (const language of languages) {
  const names = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric', timeZone: 'UTC' })
  for (let month = 0; month < 12; month += 1) {
    const parts = names.formatToParts(Date.UTC(2001, month, 1))
    const name = toKey(parts.find(({ type }) => type === 'month')?.value ?? '')
    // Some machines know three letters. Of two languages with one name for two months the first one has it.
    for (const key of [name, name.slice(0, 3)]) if (!months.has(key)) months.set(key, month)
  }
}

/** A month by its short name, from 0; undefined where it is none. */
export const monthOf = (name: string): number | undefined => months.get(toKey(name))

function toKey(name: string): string {
  return name.toLowerCase().replace(/\.$/, '').slice(0, 4)
}
