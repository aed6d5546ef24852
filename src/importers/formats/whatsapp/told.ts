/** On iPhones what the chat tells of has the chat's name, which may be somebody's whose message was deleted. */
export const isOfChat = (text: string): boolean => text.startsWith('\u200E') && !/deleted/i.test(text)

/** What the word for encryption has in it, in the languages of the notice that chats begin with. */
const encryption =
  /encr[iy]pt|verschlüssel|versleutel|cifrad|xifrad|zifra|chiffr|crittograf|criptograf|criptat|criptad|kr[iy]pt|krüpt|sulitkan|salattu|szyfr|šifr|şifr|titkos|κρυπτογραφ|шифр|шыфр|крипт|dulkod|գաղտնագր|დაშიფრ|מוצפנ|הצפנה|تشفير|مشفر|رمزگذاری|رمزنگاری|इन्क्रिप्ट|एन्क्रिप्ट|एनक्रिप्ट|एंक्रिप्ट|এনক্রিপ্ট|ਇਨਕ੍ਰਿਪਟ|એન્ક્રિપ્ટ|என்க்ரிப்ட்|குறியாக்க|ఎన్‌క్రిప్ట్|ಎನ್‌ಕ್ರಿಪ್ಟ್|എൻക്രിപ്റ്റ്|เข้ารหัส|mã h[oó][aá]|加密|暗号|암호/iu

/** A name or a subject that is told of, and what comes behind it. */
const quotation = /["“„«「『].*$/su

/** A poll or a place, marked as what the chat tells of is. */
const broughtIn = /\n\u200E|https?:\/\/|^\u200E*POLL\b/u

/** Somebody's call, which is marked so, too; the notice of encryption also names calls. */
const call =
  /call|anruf|llamada|appel|chiamata|chamada|ligação|oproep|звон|дзвін|panggilan|arama|połącz|hovor|hívás|samtal|anrop|opkald|puhelu|apel|κλήση|שיחה|مكالمة|تماس|कॉल|কল|สาย|cuộc gọi|通話|通话|着信|来电|來電|전화|통화/iu

/**
 * Whether what a chat tells of is nobody's: that it is encrypted, which whom the chat is with is said to have told, whatever the file is
 * called by now; and what is of the chat itself. It does not matter where in a file it stands: an export may be cut to its last messages.
 *
 * @param isOfChatsName the chat's own name is told as its author's, which is that of whom a chat of two is with, too.
 */
export function isNobodys(text: string, isOfChatsName: boolean): boolean {
  if (broughtIn.test(text)) return false
  if (encryption.test(text.replace(quotation, ''))) return true
  return isOfChatsName && !call.test(text)
}
