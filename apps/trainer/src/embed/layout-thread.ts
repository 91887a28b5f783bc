import { serveThread } from '@winnow/files';
import { layOutLandmarks, placeAmong } from '@winnow/noise';
import type { LayoutReply, LayoutRequest } from './lay-out-images';

serveThread<LayoutRequest, LayoutReply>(({ features, seed, among }) =>
  among === null ? layOutLandmarks(features, seed) : placeAmong(among, features),
);
