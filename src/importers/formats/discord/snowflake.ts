/** The first second of 2015, from which Discord counts. */
const discordEpochMs = 1_420_070_400_000n

/**
 * When something came into being, which its id says (https://discord.com/developers/docs/reference#snowflakes).
 *
 * @returns epoch milliseconds; undefined for what is no id of Discord's
 */
export const timeOfSnowflake = (id: string): number | undefined =>
  /^\d{17,20}$/.test(id) ? Number((BigInt(id) >> 22n) + discordEpochMs) : undefined
