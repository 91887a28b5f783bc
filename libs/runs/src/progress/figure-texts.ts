/** `78.90 %`; what to say where it is not known. @param fraction 0..1 */
export function percentText(
  fraction: number | null,
  { digits = 2, unknown = '-' }: { readonly digits?: number; readonly unknown?: string } = {},
): string {
  return fraction === null ? unknown : `${(fraction * 100).toFixed(digits)} %`;
}

/** `45 s`, `2 min 5 s`, `3 h 20 min`. */
export function durationText(millis: number): string {
  const seconds = Math.round(millis / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
