import PostalMime, { type Email } from 'postal-mime'
import { sizeOf, writtenTextOf } from './mail.js'
import { bodyAsText, hasWholeHead, toReadableBytes } from './readable-bytes.js'

const mebibyte = 1024 * 1024

/**
 * @param isCut whether the end of the mail is missing
 * @returns the mail with those of its parts that are whole, or why it can not be read
 */
export async function readEmail(bytes: Buffer, isCut: boolean): Promise<Email | string> {
  if (!hasWholeHead(bytes)) return 'the mail ends within its head'
  try {
    const email = await parse(bytes)
    if (!isCut) return email
    return (await wholePartsOf(email, bytes)) ?? `the mail is larger than ${bytes.length / mebibyte} MiB`
  } catch (error) {
    return `the mail can not be read: ${error instanceof Error ? error.message : String(error)}`
  }
}

const parse = (bytes: Buffer): Promise<Email> =>
  PostalMime.parse(toReadableBytes(bytes), { forceRfc822Attachments: true })

/**
 * What is whole of a mail that was cut. The part that the cut is in is the one that grows when more stands behind it.
 *
 * @returns undefined where it is the text, which is kept whole or not at all
 */
async function wholePartsOf(email: Email, bytes: Buffer): Promise<Email | undefined> {
  // It is something in every encoding, and stands in a line of its own: the one before it may be what ends a part.
  const longer = Buffer.concat([bytes, Buffer.from(bytes.at(-1) === 0x0a ? 'AAAA\n' : '\nAAAA\n')])
  const grown = await parse(longer)
  const { text } = writtenTextOf(email, () => bodyAsText(bytes))
  if (text !== writtenTextOf(grown, () => bodyAsText(longer)).text) return undefined
  if (sizesOf(email) === sizesOf(grown)) return email
  // Without a text it has an empty one, and not that of all its bytes.
  return { ...email, text: email.text ?? '', attachments: email.attachments.slice(0, -1) }
}

/** Of attachments, one of which may have begun where the mail was cut. */
const sizesOf = ({ attachments }: Email): string => attachments.map(sizeOf).join(' ')
