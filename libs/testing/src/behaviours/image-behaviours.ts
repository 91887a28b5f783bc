import { encodeJpeg, encodePng } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { file } from './answers';
import { locationUrl } from './behaviour';
import type { Behaviour, BehaviourWorld, Location } from './behaviour';
import { blended, cropped, grayed, rotated, watermarked } from './change-image';
import { drawFlat } from './draw-waves';
import { animatedGif, deepPng, lyingJpeg } from './odd-files';

type MakeBehaviour = (world: BehaviourWorld) => Promise<Behaviour>;

const QUALITY = 90;

/** @param name `behaviour/variant.extension` */
async function jpegLocation(name: string, image: RgbImage, quality = QUALITY): Promise<Location> {
  return bytesLocation(name, await encodeJpeg(image, quality));
}

function bytesLocation(name: string, bytes: Uint8Array, mime = 'image/jpeg'): Location {
  const [id = '', fileName = ''] = name.split('/');
  return { variant: fileName.replace(/\.\w+$/, ''), url: locationUrl(id, fileName), response: file(bytes, mime) };
}

async function jpegs(id: string, images: Readonly<Record<string, RgbImage>>): Promise<Behaviour> {
  const locations = Object.entries(images).map(([variant, image]) => jpegLocation(`${id}/${variant}.jpg`, image));
  return { locations: await Promise.all(locations) };
}

/** The image that others are copies of. */
const original = (world: BehaviourWorld): Promise<Uint8Array> => encodeJpeg(world.image('original'), 97);

/** Whole images, and what search engines do to them. */
export const IMAGE_BEHAVIOURS = {
  ok: async (world) => ({ locations: [bytesLocation('ok/image.jpg', await original(world))] }),
  'dup-url': async (world) => {
    const response = file(await original(world));
    const other = locationUrl('dup-url', 'copy.jpg', 'mirror.fixture.test');
    return {
      locations: [
        { variant: 'path', url: locationUrl('dup-url', 'copy.jpg'), response },
        { variant: 'host', url: other, response },
      ],
    };
  },
  'dup-resized': (world) => {
    const image = world.image('original');
    return jpegs('dup-resized', { half: stretched(image, image.width / 2, image.height / 2) });
  },
  'dup-recompressed': async (world) => {
    const image = world.image('original');
    return {
      locations: [
        await jpegLocation('dup-recompressed/q40.jpg', image, 40),
        bytesLocation('dup-recompressed/webp.webp', await world.encoders.webp(image), 'image/webp'),
      ],
    };
  },
  'dup-gray': (world) => jpegs('dup-gray', { gray: grayed(world.image('original')) }),
  crop5: (world) => jpegs('crop5', { whole: world.image('crop'), cropped: cropped(world.image('crop'), 0.05) }),
  rotated4: (world) => jpegs('rotated4', { straight: world.image('turn'), turned: rotated(world.image('turn'), 4) }),
  watermark: (world) => jpegs('watermark', { marked: watermarked(world.image('original')) }),
  'near-not-dup': (world) => {
    const onLayout = (name: string): RgbImage => blended(world.image('layout'), world.image(name), 0.3);
    return jpegs('near-not-dup', { one: onLayout('near 1'), other: onLayout('near 2') });
  },
  flat: async () => ({
    locations: [
      bytesLocation('flat/blue.png', await encodePng(drawFlat([20, 40, 200], 160, 120)), 'image/png'),
      bytesLocation('flat/red.png', await encodePng(drawFlat([200, 40, 20], 160, 120)), 'image/png'),
    ],
  }),
  'wrong-class': async (world) => {
    const response = file(await encodeJpeg(world.image('other class'), QUALITY));
    return {
      locations: [
        { variant: 'wrong', url: locationUrl('wrong-class', 'wrong.jpg'), response, classIndex: 0 },
        { variant: 'right', url: locationUrl('wrong-class', 'right.jpg'), response, classIndex: 1 },
      ],
    };
  },
  'val-leak': async (world) => ({ locations: [bytesLocation('val-leak/leak.jpg', await heldOutImage(world))] }),
  'gif-anim': async (world) => {
    const frames = ['frame 1', 'frame 2', 'frame 3'].map((name) => cropped(world.image(name), 0.3));
    const others = ['frame 4', 'frame 5'].map((name) => cropped(world.image(name), 0.3));
    const webp = await world.encoders.animatedWebp(others);
    return {
      locations: [
        bytesLocation('gif-anim/gif.gif', animatedGif(frames), 'image/gif'),
        bytesLocation('gif-anim/webp.webp', webp, 'image/webp'),
      ],
    };
  },
  'wrong-ext': async (world) => ({
    locations: [
      bytesLocation('wrong-ext/webp.jpg', await world.encoders.webp(world.image('webp'))),
      bytesLocation('wrong-ext/avif.png', await world.encoders.avif(world.image('avif')), 'image/png'),
    ],
  }),
  'cmyk-exif': async (world) => ({
    locations: [
      bytesLocation('cmyk-exif/cmyk.jpg', await world.encoders.cmykJpeg(world.image('cmyk'))),
      bytesLocation('cmyk-exif/lying.jpg', lyingJpeg(await encodeJpeg(world.image('lying'), QUALITY))),
      bytesLocation('cmyk-exif/deep.png', deepPng(world.image('deep')), 'image/png'),
    ],
  }),
  tiny: async (world) => ({
    locations: [
      bytesLocation('tiny/pixel.png', await encodePng(drawFlat([1, 2, 3], 1, 1)), 'image/png'),
      bytesLocation('tiny/icon.png', await encodePng(stretched(world.image('icon'), 40, 40)), 'image/png'),
      await jpegLocation('tiny/banner.jpg', stretched(world.image('banner'), 1000, 100)),
    ],
  }),
} as const satisfies Record<string, MakeBehaviour>;

/** What the held-out set holds and `val-leak` serves. */
export function heldOutImage(world: BehaviourWorld): Promise<Uint8Array> {
  return encodeJpeg(world.image('held out'), QUALITY);
}

/** The image at another size, each pixel the nearest of the old ones. */
function stretched(image: RgbImage, width: number, height: number): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y += 1) {
    const row = Math.floor(((y + 0.5) * image.height) / height);
    for (let x = 0; x < width; x += 1) {
      const column = Math.floor(((x + 0.5) * image.width) / width);
      const at = (row * image.width + column) * 3;
      data.set(image.data.subarray(at, at + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}
