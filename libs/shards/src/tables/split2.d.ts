declare module 'split2' {
  import type { Transform, TransformOptions } from 'node:stream';

  /** Text in, one string a piece out. The stream fails with `maximum buffer reached` at a piece longer than `maxLength`. */
  export default function split2(
    matcher: string | RegExp,
    options?: TransformOptions & { readonly maxLength?: number; readonly skipOverflow?: boolean },
  ): Transform;
}
