/**
 * Grey JPEG with one DC scan and then the same AC scan again and again, each of some bytes and a pass over all pixels:
 * every code is one zero bit, a DC difference of 0 or an end-of-band run of 2^14 blocks.
 * @param side pixels, a multiple of 8
 */
export declare function manyScansJpeg(side: number, scans: number): Buffer;
/** Black PNG of 16 bits a channel with opacity: a megabyte for 800 MB of pixels. @param side pixels */
export declare function deepZeroPng(side: number, isInterlaced: boolean): Buffer;
/** With its length and checksum. */
export declare function pngChunk(type: string, data: Buffer): Buffer;
/** GIF of 64 x 64 pixels whose frames, 15 bytes each, have one pixel. */
export declare function manyFramesGif(frames: number): Buffer;
/** GIF with empty comments before its only frame. */
export declare function manyBlocksGif(comments: number): Buffer;
/** Animated WebP of 1 x 1 pixel, 48 bytes a frame. */
export declare function manyFramesWebp(frames: number): Buffer;
/** Grey TIFF of 64 x 64 pixels, its directory again and again. */
export declare function manyDirectoriesTiff(directories: number): Buffer;
/** Grey TIFF of 16 x 16 pixels a tile, all of them the same one. @param side pixels, a multiple of 16 */
export declare function sharedTilesTiff(side: number): Buffer;
/** Bitmap of one bit a pixel, 12.5 MB for 100 megapixels. @param side pixels */
export declare function oneBitBmp(side: number): Buffer;
