/**
 * What there may be of everything, in and out: what one call takes, another gives, an export writes and an import reads.
 * Lengths of texts are in UTF-16 code units, as JavaScript counts them.
 */

/** Of an id, of a cursor and of a text to search for. */
export const maxIdLength = 1024

/** Of a name; of a display name also in the form in which it is searched for. */
export const maxNameLength = 1024

/** Of a message's content and of a segment's summary. As JSON six times as long, which a JavaScript string can still hold. */
export const maxTextLength = 32 * 1024 * 1024

/** Of metadata or a profile as JSON. Deeper or longer JSON is no metadata any more. */
export const maxJsonDepth = 64
export const maxJsonLength = 4 * 1024 * 1024

/** Numbers in a vector. */
export const maxDimension = 65_536

/** Rows of one page. */
export const defaultLimit = 100
export const maxLimit = 10_000

/** A page ends with the row that makes it so long, in characters, though fewer rows than asked for are on it. */
export const maxPageLength = 8 * 1024 * 1024

/** Messages before the one that a strategy of segmenting decides about. */
export const maxWindow = 1_000

/** Messages or segments of one lease, and the characters of their texts together, unless one alone has more. */
export const maxLeased = 1_000
export const maxLeasedLength = 1024 * 1024

/** Of a segment's text as it is embedded, in characters: about what the models with the longest context take. */
export const maxSegmentTextLength = 32 * 1024

/** How long somebody may have what is to be embedded to themselves. */
export const defaultLeaseMs = 5 * 60_000
export const maxLeaseMs = 86_400_000

/** Changes that are kept for those who follow them, beside stored messages: a cursor that is older is refused. */
export const keptChanges = 100_000

/** Ids or rows one call may carry. */
export const maxItems = 100_000
/** In a list of words that a call names, such as `with`. */
export const maxWords = 16

/** A member's position in its segment: what JavaScript counts exactly. */
export const maxPosition = Number.MAX_SAFE_INTEGER

/**
 * Of a line of NDJSON, in bytes: the longest text that there may be, every character escaped (`\u0001`); the longest JSON, which is
 * that already, in UTF-8; a vector, a thousand members of the longest ids, and all else.
 */
export const maxLineBytes = 6 * maxTextLength + 3 * maxJsonLength + 8 * 1024 * 1024
