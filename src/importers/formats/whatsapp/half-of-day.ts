/** How languages write the halves of a day, without dots and spaces. */
const mornings = new Set([
  'am',
  'vorm',
  'fm',
  'ap',
  'dop',
  'de',
  'πμ',
  'पूर्वाह्न',
  'ص',
  '上午',
  '午前',
  '오전',
  'öö',
  'sa',
])
const afternoons = new Set([
  'pm',
  'nachm',
  'em',
  'ip',
  'odp',
  'du',
  'μμ',
  'अपराह्न',
  'م',
  '下午',
  '午後',
  '오후',
  'ös',
  'ch',
])

/** Which half of the day a word means; undefined where it means none that we know. */
export function halfOfDay(word: string): 'am' | 'pm' | undefined {
  const bare = word.toLowerCase().replaceAll(/[.\s]/g, '')
  if (mornings.has(bare)) return 'am'
  return afternoons.has(bare) ? 'pm' : undefined
}
