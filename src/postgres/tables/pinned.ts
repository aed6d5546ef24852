/** Whether metadata say that the message is pinned. A database's own JSON may refuse what callers' holds, so it is asked here. */
export function isPinned(metadata: string | null | undefined): boolean {
  if (metadata == null || !metadata.includes('pinned')) return false
  const value: unknown = JSON.parse(metadata)
  return typeof value === 'object' && value !== null && Reflect.get(value, 'pinned') === true
}
