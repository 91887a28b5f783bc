import { encodeJpeg, encodePng } from '@winnow/imaging';
import type { RgbImage } from '@winnow/imaging';
import { file } from './answers';
import { placeUrl } from './behaviour';
import type { Behaviour, BehaviourWorld, Place } from './behaviour';
import { blended, cropped, grayed, rotated, watermarked } from './change-picture';
import { drawFlat } from './draw-waves';
import { animatedGif, deepPng, lyingJpeg } from './odd-files';

type MakeBehaviour = (world: BehaviourWorld) => Promise<Behaviour>;

const QUALITY = 90;

/** @param name `behaviour/variant.extension` */
async function jpegPlace(name: string, image: RgbImage, quality = QUALITY): Promise<Place> {
  return bytesPlace(name, await encodeJpeg(image, quality));
}

function bytesPlace(name: string, bytes: Uint8Array, mime = 'image/jpeg'): Place {
  const [id = '', fileName = ''] = name.split('/');
  return { variant: fileName.replace(/\.\w+$/, ''), url: placeUrl(id, fileName), answer: file(bytes, mime) };
}

async function jpegs(id: string, images: Readonly<Record<string, RgbImage>>): Promise<Behaviour> {
  const places = Object.entries(images).map(([variant, image]) => jpegPlace(`${id}/${variant}.jpg`, image));
  return { places: await Promise.all(places) };
}

/** The picture that others are copies of. */
const original = (world: BehaviourWorld): Promise<Uint8Array> => encodeJpeg(world.picture('original'), 97);

/** Whole pictures, and what search engines do to them. */
export const PICTURE_BEHAVIOURS = {
  ok: async (world) => ({ places: [bytesPlace('ok/picture.jpg', await original(world))] }),
  'dup-url': async (world) => {
    const answer = file(await original(world));
    const other = placeUrl('dup-url', 'copy.jpg', 'mirror.fixture.test');
    return {
      places: [
        { variant: 'path', url: placeUrl('dup-url', 'copy.jpg'), answer },
        { variant: 'host', url: other, answer },
      ],
    };
  },
  'dup-resized': (world) => {
    const image = world.picture('original');
    return jpegs('dup-resized', { half: stretched(image, image.width / 2, image.height / 2) });
  },
  'dup-recompressed': async (world) => {
    const image = world.picture('original');
    return {
      places: [
        await jpegPlace('dup-recompressed/q40.jpg', image, 40),
        bytesPlace('dup-recompressed/webp.webp', await world.encoders.webp(image), 'image/webp'),
      ],
    };
  },
  'dup-gray': (world) => jpegs('dup-gray', { gray: grayed(world.picture('original')) }),
  crop5: (world) => jpegs('crop5', { whole: world.picture('crop'), cropped: cropped(world.picture('crop'), 0.05) }),
  rotated4: (world) =>
    jpegs('rotated4', { straight: world.picture('turn'), turned: rotated(world.picture('turn'), 4) }),
  watermark: (world) => jpegs('watermark', { marked: watermarked(world.picture('original')) }),
  'near-not-dup': (world) => {
    const onLayout = (name: string): RgbImage => blended(world.picture('layout'), world.picture(name), 0.3);
    return jpegs('near-not-dup', { one: onLayout('near 1'), other: onLayout('near 2') });
  },
  flat: async () => ({
    places: [
      bytesPlace('flat/blue.png', await encodePng(drawFlat([20, 40, 200], 160, 120)), 'image/png'),
      bytesPlace('flat/red.png', await encodePng(drawFlat([200, 40, 20], 160, 120)), 'image/png'),
    ],
  }),
  'wrong-class': async (world) => {
    const answer = file(await encodeJpeg(world.picture('other class'), QUALITY));
    return {
      places: [
        { variant: 'wrong', url: placeUrl('wrong-class', 'wrong.jpg'), answer, classIndex: 0 },
        { variant: 'right', url: placeUrl('wrong-class', 'right.jpg'), answer, classIndex: 1 },
      ],
    };
  },
  'val-leak': async (world) => ({ places: [bytesPlace('val-leak/leak.jpg', await heldOutPicture(world))] }),
  'gif-anim': async (world) => {
    const frames = ['frame 1', 'frame 2', 'frame 3'].map((name) => cropped(world.picture(name), 0.3));
    const others = ['frame 4', 'frame 5'].map((name) => cropped(world.picture(name), 0.3));
    const webp = await world.encoders.animatedWebp(others);
    return {
      places: [
        bytesPlace('gif-anim/gif.gif', animatedGif(frames), 'image/gif'),
        bytesPlace('gif-anim/webp.webp', webp, 'image/webp'),
      ],
    };
  },
  'wrong-ext': async (world) => ({
    places: [
      bytesPlace('wrong-ext/webp.jpg', await world.encoders.webp(world.picture('webp'))),
      bytesPlace('wrong-ext/avif.png', await world.encoders.avif(world.picture('avif')), 'image/png'),
    ],
  }),
  'cmyk-exif': async (world) => ({
    places: [
      bytesPlace('cmyk-exif/cmyk.jpg', await world.encoders.cmykJpeg(world.picture('cmyk'))),
      bytesPlace('cmyk-exif/lying.jpg', lyingJpeg(await encodeJpeg(world.picture('lying'), QUALITY))),
      bytesPlace('cmyk-exif/deep.png', deepPng(world.picture('deep')), 'image/png'),
    ],
  }),
  tiny: async (world) => ({
    places: [
      bytesPlace('tiny/pixel.png', await encodePng(drawFlat([1, 2, 3], 1, 1)), 'image/png'),
      bytesPlace('tiny/icon.png', await encodePng(stretched(world.picture('icon'), 40, 40)), 'image/png'),
      await jpegPlace('tiny/banner.jpg', stretched(world.picture('banner'), 1000, 100)),
    ],
  }),
} as const satisfies Record<string, MakeBehaviour>;

/** What the held-out set holds and `val-leak` serves. */
export function heldOutPicture(world: BehaviourWorld): Promise<Uint8Array> {
  return encodeJpeg(world.picture('held out'), QUALITY);
}

/** The picture at another size, each pixel the nearest of the old ones. */
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
