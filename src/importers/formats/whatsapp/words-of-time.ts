const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '))

/** How languages write the halves of a day, without dots and spaces. */
const mornings = setOf(
  'am vorm vm fm ap dop de pd rn sf fh priešpiet priekšp pg öö sa to bn prepodne πμ проб ' +
    'претпл преподне дп тң үө לפנה״צ ص صباحا صباحًا قظ غم पूर्वाह्न मपू ਪੂਦੁ முப ಪೂರ್ವಾಹ್ನ පෙව ' +
    'ก่อนเที่ยง ກ່ອນທ່ຽງ နံနက် ጥዋት 上午 凌晨 清晨 早上 午前 오전',
)
const afternoons = setOf(
  'pm nachm nm em ip odp du md in ym eh popiet pēcp ptg ös ch tk pn popodne pop μμ слоб попл ' +
    'поподне пп тк үх אחה״צ م مساء مساءً بظ غو अपराह्न मउ ਬਾਦੁ பிப ಅಪರಾಹ್ನ පව หลังเที่ยง ' +
    'ຫຼັງທ່ຽງ ညနေ ከሰዓት 下午 中午 傍晚 晚上 午後 오후',
)

/** What stands between a date and a time, or behind one of them, and says nothing: "at", "o'clock", "year". */
const fillers = setOf('at um uhr à a las les às alle ore om uur kl klo u o v h lúc saat pukul в о г ч น')

/** What words at a time mean. */
export interface WordsOfTime {
  readonly half: 'am' | 'pm' | undefined
  /** What is left of them that means nothing that we know. */
  readonly unknown: string | undefined
}

/**
 * @param before the time, behind the date.
 * @param after the time.
 */
export function readWordsOfTime(before: string, after: string): WordsOfTime {
  // A clock of 24 hours needs no word.
  if (before === '' && after === '') return { half: undefined, unknown: undefined }
  const telling = [...tellingOf(before), ...tellingOf(after)]
  if (telling.length === 0) return { half: undefined, unknown: undefined }
  const half = halfOf(telling)
  return { half, unknown: half === undefined ? telling.join(' ') : undefined }
}

/** `p. m.`, of which either alone could be a filler, or of other words those that say something. */
function tellingOf(words: string): readonly string[] {
  const tokens = words.replaceAll(/[(),]/g, ' ').split(' ').filter(Boolean)
  return halfOf(tokens) === undefined ? tokens.filter((token) => !fillers.has(bare(token))) : tokens
}

function halfOf(tokens: readonly string[]): 'am' | 'pm' | undefined {
  const word = bare(tokens.join(''))
  if (mornings.has(word)) return 'am'
  return afternoons.has(word) ? 'pm' : undefined
}

const bare = (word: string): string => word.toLowerCase().replaceAll('.', '')
