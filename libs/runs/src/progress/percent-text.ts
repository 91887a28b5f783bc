/** `78.90 %`; what to say where it is not known. @param fraction 0..1 */
export function percentText(
  fraction: number | null,
  { digits = 2, unknown = '-' }: { readonly digits?: number; readonly unknown?: string } = {},
): string {
  return fraction === null ? unknown : `${(fraction * 100).toFixed(digits)} %`;
}
