/** Characters of an id. */
export const maxIdLength = 1024

/** Characters of a name; of a display name also in the form in which it is searched for. */
export const maxNameLength = 1024

/** Rows of one page. */
export const defaultLimit = 100
export const maxLimit = 10_000

/** Ids or rows one call may carry. */
export const maxItems = 100_000

/** A member's position in its segment. */
export const maxPosition = 2 ** 31
