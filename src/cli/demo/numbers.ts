const threeDigits = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 })
const oneDecimal = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat('en-US', { style: 'percent', maximumFractionDigits: 0 })

/** Three significant digits: more would claim a precision that one run does not have. */
export const formatRate = (perSecond: number): string => threeDigits.format(perSecond)
/** 1.2 ms */
export const formatMs = (ms: number): string => `${oneDecimal.format(ms)} ms`
/** 1.2 s */
export const formatSeconds = (ms: number): string => `${oneDecimal.format(ms / 1000)} s`
/** 14% */
export const formatPercent = (share: number): string => percent.format(share)
/** 2026-02-23 00:06, UTC */
export const formatMinute = (time: Date): string => time.toISOString().slice(0, 16).replace('T', ' ')
