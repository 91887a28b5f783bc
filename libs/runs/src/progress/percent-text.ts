/** `78.90 %`; what to say where it is not known. @param share 0..1 */
export function percentText(
  share: number | null,
  { digits = 2, unknown = '-' }: { readonly digits?: number; readonly unknown?: string } = {},
): string {
  return share === null ? unknown : `${(share * 100).toFixed(digits)} %`;
}
