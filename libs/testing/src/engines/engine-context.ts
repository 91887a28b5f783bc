import type { DemoListing } from '../demo-listing';
import type { RenderRow } from '../image-sheets';

/** What an engine knows: its listing and the files, whose sizes and digests it states. */
export interface EngineContext {
  readonly listing: DemoListing;
  readonly render: RenderRow;
}
