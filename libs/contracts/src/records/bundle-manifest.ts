import { z } from 'zod';

/** `bundle.json` of what `winnow bundle` writes; what it lists may be replaced by another bundle. */
export const bundleManifestSchema = z.strictObject({
  format: z.literal('winnow-bundle'),
  version: z.literal(1),
  project: z.string(),
  /** Name of its folder. */
  run: z.string(),
  /** Id of the data set that it learnt from. */
  build: z.string(),
  /** All but this one, by name within the folder, sorted. */
  files: z.array(
    z.strictObject({ name: z.string(), sizeBytes: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
});

export type BundleManifest = Readonly<z.infer<typeof bundleManifestSchema>>;
